import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { demotionAnnotation, demotionOf, type FollowedState } from '../../../../core/following/demotion.ts';
import { known, type Reading, unknown } from '../../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../../core/model/volume-replication.ts';
import type { ReplicationObject } from '../../../../core/protection/replication-subject.ts';
import { mend } from '../../../../core/rules/repair/mend.ts';

const now = Date.parse('2026-03-01T12:00:00Z');
const path = '/metadata/annotations/kubectl-dr.dev~1demotion';

type Annotations = Record<string, string> | undefined;

const replication = (replicationState: string, annotations?: Annotations): VolumeReplication => ({
  metadata: { namespace: 'shop', name: 'db', generation: 3, ...(annotations && { annotations }) },
  spec: {
    volumeReplicationClass: 'rbd',
    replicationState: replicationState as 'primary',
    dataSource: { kind: 'PersistentVolumeClaim', name: 'db' },
  },
});

const note = (before: ReplicationObject, after: ReplicationObject, followed: FollowedState = 'yes') =>
  mend({ subject: 'demotion', before, after, note: { followed, at: now } });

const mark = (followed: string, generation: number, at = '2026-03-01T11:59:58Z'): string =>
  JSON.stringify({ followed, generation, at });

const marked = (text: string): Annotations => ({ [demotionAnnotation]: text });

/** What the rule writes at `now` on an object of generation 3. */
const noted = (followed: string): string => mark(followed, 4, '2026-03-01T12:00:00Z');

const patched = (object: ReplicationObject, patch: readonly unknown[]): ReplicationObject =>
  jsonPatch.applyPatch(structuredClone(object), patch as jsonPatch.Operation[], true).newDocument;

describe('a replication that stops asking for primary', () => {
  it.each([
    ['secondary', 'yes'],
    ['secondary', 'no'],
    ['secondary', 'unknown'],
    ['resync', 'no'],
  ] as const)('and asks for %s gets a mark: %s', (state, followed) => {
    const after = replication(state, { other: 'x' });
    const { patch, done } = note(replication('primary', { other: 'x' }), after, followed);
    expect(patch).toEqual([{ op: 'add', path, value: noted(followed) }]);
    expect(done).toEqual([{ code: 'DR204', message: undefined }]);
  });

  it('gets a mark that is valid once the change is stored', () => {
    const after = replication('secondary');
    const stored = patched(after, note(replication('primary'), after, 'no').patch);
    expect(demotionOf({ ...stored, metadata: { ...stored.metadata, generation: 4 } }, undefined)).toEqual({
      kind: 'marked',
      followed: 'no',
      at: now,
    });
  });

  it('and has no annotations gets some', () => {
    expect(note(replication('primary'), replication('secondary')).patch).toEqual([
      { op: 'add', path: '/metadata/annotations', value: marked(noted('yes')) },
    ]);
  });

  it('and has an empty map of annotations gets one in it', () => {
    expect(note(replication('primary'), replication('secondary', {})).patch).toEqual([
      { op: 'add', path, value: noted('yes') },
    ]);
  });

  it.each([
    ['the mark of the demotion before', mark('yes', 2)],
    ['a mark of the generation that it has now', mark('yes', 3)],
    ['a text that is no mark', 'yes'],
    ['a mark that says nothing that is known', mark('perhaps', 4)],
    ['a mark without a time', '{"followed":"yes","generation":4}'],
  ])('and carries %s gets another one', (_, text) => {
    for (const before of [replication('primary', marked(text)), replication('primary')])
      expect(note(before, replication('secondary', marked(text)), 'no').patch).toEqual([
        { op: 'replace', path, value: noted('no') },
      ]);
  });

  it('and carried a mark of that very generation before the change gets another one: it speaks of another object', () => {
    const old = marked(mark('yes', 4));
    expect(note(replication('primary', old), replication('secondary', old), 'no').patch).toEqual([
      { op: 'replace', path, value: noted('no') },
    ]);
  });

  it.each([undefined, marked(mark('yes', 2)), marked(mark('unknown', 4))])(
    'and brings a mark that says no better than what is known keeps it (before: %o)',
    (before) => {
      const after = replication('secondary', marked(mark('no', 4)));
      expect(note(replication('primary', before), after, 'yes')).toEqual({ patch: [], done: [] });
      expect(note(replication('primary', before), after, 'no')).toEqual({ patch: [], done: [] });
    },
  );

  it.each(['no', 'unknown'] as const)(
    'and brings a mark that says better than %s gets another one',
    (known) => {
      const after = replication('secondary', marked(mark('yes', 4)));
      expect(note(replication('primary'), after, known).patch).toEqual([
        { op: 'replace', path, value: noted(known) },
      ]);
    },
  );

  it('and brings a later sync than is known gets another one', () => {
    const brought = JSON.stringify({
      followed: 'yes',
      generation: 4,
      at: '2026-03-01T12:00:00Z',
      lastSync: '2026-03-01T11:59:00Z',
    });
    const after = replication('secondary', marked(brought));
    expect(note(replication('primary'), after, 'yes').patch).toEqual([
      { op: 'replace', path, value: noted('yes') },
    ]);
  });

  it('is left alone the second time, also when that is later', () => {
    const [before, after] = [replication('primary'), replication('secondary')];
    const once = patched(after, note(before, after).patch);
    const again = mend({
      subject: 'demotion',
      before,
      after: once,
      note: { followed: 'yes', at: now + 5_000 },
    });
    expect(again).toEqual({ patch: [], done: [] });
  });

  it('is noted the same where it is a group', () => {
    const group = (replicationState: 'primary' | 'secondary'): ReplicationObject => ({
      metadata: { namespace: 'shop', name: 'all', generation: 7 },
      spec: {
        volumeGroupReplicationClassName: 'rbd-group',
        volumeReplicationClassName: 'rbd',
        replicationState,
        source: { selector: { matchLabels: { app: 'shop' } } },
      },
    });
    expect(note(group('primary'), group('secondary'), 'unknown').patch).toEqual([
      {
        op: 'add',
        path: '/metadata/annotations',
        value: marked(mark('unknown', 8, '2026-03-01T12:00:00Z')),
      },
    ]);
  });
});

it.each([
  ['primary', 'primary'],
  ['secondary', 'primary'],
  ['secondary', 'resync'],
  ['resync', 'secondary'],
  ['secondary', 'secondary'],
])('a replication that goes from %s to %s is not noted', (before, after) => {
  expect(note(replication(before), replication(after), 'no')).toEqual({ patch: [], done: [] });
});

describe('a replication that is demoted and stays so', () => {
  const changed = (annotations: Annotations): VolumeReplication => {
    const object = replication('secondary', annotations);
    return { ...object, spec: { ...object.spec, autoResync: true } };
  };

  it.each(['yes', 'no', 'unknown'])('keeps what its note says over a change of its spec: %s', (followed) => {
    const before = replication('secondary', marked(mark(followed, 3)));
    const after = changed(marked(mark(followed, 3)));
    expect(note(before, after).patch).toEqual([{ op: 'replace', path, value: mark(followed, 4) }]);
  });

  it('keeps it, too, where the change takes it off', () => {
    const before = replication('secondary', marked(mark('no', 3)));
    expect(note(before, changed(undefined)).patch).toEqual([
      { op: 'add', path: '/metadata/annotations', value: marked(mark('no', 4)) },
    ]);
  });

  it('gets no note where the one that it had was void before', () => {
    const text = marked(mark('no', 2));
    expect(note(replication('secondary', text), changed(text)).patch).toEqual([]);
  });

  it('has none any more once it asks for a resync, by which its copy is given up', () => {
    const text = marked(mark('no', 3));
    expect(note(replication('secondary', text), replication('resync', text)).patch).toEqual([]);
  });
});

describe('a note that nothing calls for', () => {
  const own = mark('no', 3);

  it.each<[string, ReplicationObject, ReplicationObject, readonly unknown[]]>([
    [
      'is put back where it goes with a change of the spec',
      replication('secondary', marked(own)),
      replication('primary'),
      [{ op: 'add', path: '/metadata/annotations', value: marked(own) }],
    ],
    [
      'is put back where another comes with a wish for primary',
      replication('secondary', marked(own)),
      replication('primary', marked(mark('yes', 3))),
      [{ op: 'replace', path, value: own }],
    ],
    [
      'is taken off where nothing was noted before',
      replication('secondary'),
      replication('resync', marked(mark('yes', 4))),
      [{ op: 'remove', path }],
    ],
    [
      'is taken off a replica of which nothing is known',
      replication('secondary'),
      { ...replication('secondary', marked(mark('yes', 4))) },
      [{ op: 'remove', path }],
    ],
    [
      'is carried along, whatever better one comes with it',
      replication('secondary', marked(own)),
      replication('secondary', marked(mark('yes', 4))),
      [{ op: 'replace', path, value: mark('no', 4) }],
    ],
  ])('%s', (_, before, after, patch) => {
    expect(note(before, after, 'yes').patch).toEqual(patch);
  });

  const alone = (after: Annotations, mayWriteStatus: Reading<boolean>) =>
    mend({
      subject: 'note',
      before: replication('secondary', marked(own)),
      after: replication('secondary', after),
      mayWriteStatus,
    });

  it('is left to whoever may write the status, as a controller may', () => {
    expect(alone(marked(mark('yes', 3)), known(true))).toEqual({ patch: [], done: [] });
  });

  it.each([
    ['may not write the status', known(false)],
    ['nobody can tell of', unknown('the API server did not answer')],
  ])('is put back where it alone is changed by somebody who %s', (_, mayWriteStatus) => {
    expect(alone(marked(mark('yes', 3)), mayWriteStatus).patch).toEqual([
      { op: 'replace', path, value: own },
    ]);
    expect(alone(undefined, mayWriteStatus).patch).toEqual([
      { op: 'add', path: '/metadata/annotations', value: marked(own) },
    ]);
  });
});
