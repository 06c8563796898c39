import { describe, expect, test } from 'vitest';
import { sourceHandleAnnotation } from '../../../core/model/handle-there.ts';
import type { PersistentVolume } from '../../../core/model/persistent-volume.ts';
import { known } from '../../../core/model/reading.ts';
import { judgeGroup } from '../../../core/plan/judge-move.ts';
import { planGroup } from '../../../core/plan/plan-group.ts';
import type { SiteLists } from '../../../core/protection/view-lists.ts';
import { image, pv } from '../status/objects.ts';
import { dark } from '../step/pair.ts';
import { factsOf, groupOf, type MoveSketch } from './moves.ts';
import { type Standing, site } from './volumes.ts';

type Pv = Parameters<typeof pv>[1];

const volume = (name: string, handle: Pv, policy: 'Retain' | 'Delete' = 'Retain'): PersistentVolume => {
  const made = pv(name, handle);
  return { ...made, spec: { ...made.spec, persistentVolumeReclaimPolicy: policy } };
};

const having = (
  stands: Partial<Record<string, Standing>>,
  ...volumes: readonly PersistentVolume[]
): Partial<SiteLists> => site(stands, { volumes: known(volumes) });

const judged = (sketch: MoveSketch): string[] =>
  judgeGroup(factsOf(sketch), groupOf(sketch)).blocks.map(
    ({ site: on, obstacle: { code, message } }) => `${on} ${code}: ${message}`,
  );

const backedUp = (letter: string): NonNullable<MoveSketch['brought']> => ({
  claims: new Set(['shop/db']),
  identities: new Map([['shop/db', { driver: 'rbd.csi.ceph.com', volumeHandle: image(letter) }]]),
});

const own = having({ db: 'primary' }, volume('pv-db', image('a')));
const another = expect.stringMatching(
  /^target DR115: claim shop\/db of west has volume .*, and .* has .*never a copy/,
);

describe('a volume that is no copy of the one that is moved', () => {
  test.each<[string, MoveSketch, unknown[]]>([
    [
      'the claim of that name has it',
      { source: own, target: having({}, volume('pv-db', image('e'))) },
      [another],
    ],
    [
      'it is primary on the target already',
      {
        source: having({}, volume('pv-db', image('a'))),
        target: having({ db: 'primary' }, volume('pv-db', image('e'))),
      },
      expect.arrayContaining([another]) as unknown as unknown[],
    ],
    [
      'the source is lost, and the backup speaks of another',
      {
        verb: 'failover',
        source: dark,
        target: having({ db: 'primary' }, volume('pv-db', image('e'))),
        brought: backedUp('a'),
      },
      [another],
    ],
  ])('is refused: %s', (_, sketch, blocks) => {
    expect(judged(sketch)).toEqual(blocks);
  });

  test.each<[string, MoveSketch]>([
    [
      'under another pool id',
      { source: own, target: having({ db: 'replica' }, volume('pv-x', image('a', '0000000000000009'))) },
    ],
    [
      'that the backup speaks of',
      {
        verb: 'failover',
        source: dark,
        target: having({ db: 'replica' }, volume('pv-db', image('a'))),
        brought: backedUp('a'),
      },
    ],
  ])('is none that is the copy %s', (_, sketch) => {
    expect(judged(sketch).filter((line) => line.includes('DR115'))).toEqual([]);
  });

  test('does not count as restored where the backup speaks of another', () => {
    const sketch: MoveSketch = {
      verb: 'failover',
      source: dark,
      target: having({ db: 'replica' }, volume('pv-db', image('e'))),
      brought: backedUp('a'),
    };
    const [first] = planGroup(factsOf(sketch), groupOf(sketch));
    expect(first).toMatchObject({ state: 'active', look: { writes: [{ kind: 'restore' }] } });
  });
});

describe('an image that the other site calls otherwise', () => {
  const called = volume('pv-db', image('a', '0000000000000003'));
  const recorded = {
    ...called,
    metadata: { ...called.metadata, annotations: { [sourceHandleAnnotation]: image('a') } },
  };
  const codes = (sketch: MoveSketch): string[] => judged(sketch).filter((line) => line.includes('DR427'));

  test('is not moved before its driver, or a person, says that it knows it by that name', () => {
    const { blocks } = judgeGroup(factsOf({ source: own, target: having({}, called) }), groupOf({}));
    expect(blocks[0]).toMatchObject({
      site: 'target',
      isRule: true,
      obstacle: {
        code: 'DR427',
        message: expect.stringContaining('(pool id 2 and 3)'),
        next: `kubectl --context west annotate pv pv-db kubectl-dr.dev/source-volume-handle=${image('a')}`,
      },
    });
  });

  test.each<[string, MoveSketch]>([
    ['where it is written down', { source: own, target: having({}, recorded) }],
    ['where the driver has answered for it', { source: own, target: having({ db: 'replica' }, called) }],
    ['in a disaster', { verb: 'failover', source: dark, target: having({}, called) }],
    ['under the same name', { source: own, target: having({}, volume('pv-db', image('a'))) }],
  ])('is moved %s', (_, sketch) => {
    expect(codes(sketch)).toEqual([]);
  });
});

describe('an image that the target is yet to get', () => {
  const pool = (id: number): string => `0001-0009-rook-ceph-000000000000000${id}-`;
  const ofClass = (it: PersistentVolume): PersistentVolume => ({
    ...it,
    spec: { ...it.spec, storageClassName: 'rbd' },
  });
  const moved = having({ db: 'primary' }, ofClass(volume('pv-db', image('a'))));
  const stranger = ofClass(volume('pv-x', image('e', '0000000000000003')));
  const without = (...volumes: PersistentVolume[]) => ({ ...having({}, ...volumes), claims: known([]) });
  const target = without(stranger);
  const codes = (sketch: MoveSketch): string[] => judged(sketch).filter((line) => line.includes('DR427'));

  test('is not moved where no PV of its class there has its ids, and the next command maps them', () => {
    const { blocks } = judgeGroup(factsOf({ source: moved, target }), groupOf({}));
    expect(blocks[0]).toMatchObject({
      site: 'target',
      isRule: true,
      obstacle: {
        code: 'DR427',
        message: expect.stringContaining('(pool id 2 and 3)'),
        next: `kubectl dr relocate db -n shop --context west --map-volume-handle '${pool(2)}*=${pool(3)}*'`,
      },
    });
  });

  const claimed = (it: PersistentVolume, name: string): PersistentVolume => ({
    ...it,
    spec: { ...it.spec, claimRef: { namespace: 'shop', name } },
  });

  test.each<[string, Standing, number]>([
    ['does not find it', 'replicaNotFound', 1],
    ['follows with it', 'replica', 0],
  ])('goes by a PV there with its ids, or not, where the driver %s', (_, stands, count) => {
    const same = claimed(ofClass(volume('pv-web', image('b'))), 'web');
    const there = { ...having({ web: stands }, stranger, same), claims: known([]) };
    expect(codes({ source: moved, target: there })).toHaveLength(count);
  });

  test.each<[string, MoveSketch]>([
    ['where a person maps its ids', { volumeHandles: [{ from: `${pool(2)}*`, to: `${pool(3)}*` }] }],
    [
      'where a person says that they are kept',
      { volumeHandles: [{ from: `${pool(2)}*`, to: `${pool(2)}*` }] },
    ],
    ['where a PV there has the same ids', { target: without(stranger, ofClass(volume('pv-y', image('b')))) }],
    [
      'where nothing tells of the ids there',
      { target: without(volume('pv-x', image('e', '0000000000000003'))) },
    ],
    ['in a disaster', { verb: 'failover' }],
  ])('is moved %s', (_, sketch) => {
    expect(codes({ source: moved, target, ...sketch })).toEqual([]);
  });
});

describe('a mapping of handles', () => {
  const to = { from: image('a'), to: image('a', '0000000000000003') };
  const there = volume('pv-db', image('a'));
  const lines = (sketch: MoveSketch): string[] =>
    judged({ source: own, target: having({}, there), volumeHandles: [to], ...sketch }).filter((line) =>
      line.includes('DR427'),
    );

  test.each<[string, MoveSketch]>([
    ['a planned move', {}],
    ['a disaster', { verb: 'failover', source: having({ db: 'demoted' }, volume('pv-db', image('a'))) }],
    ['the dark, by the handle of the backup', { verb: 'failover', source: dark, brought: backedUp('a') }],
  ])('is refused in %s where the PV is there already and says otherwise', (_, sketch) => {
    expect(lines(sketch)).toEqual([expect.stringContaining('a PV keeps its handle')]);
  });

  test('is refused before anything else where the replica there fails for it', () => {
    const target = having({ db: 'replicaNotFound' }, there);
    expect(lines({ target })[0]).toContain('end the protection on that site, delete claim and PV there');
  });

  test.each<[string, MoveSketch]>([
    ['what the PV says', { target: having({}, volume('pv-db', to.to)) }],
    ['other volumes', { volumeHandles: [{ from: 'another', to: 'elsewhere' }] }],
  ])('may be about %s', (_, sketch) => {
    expect(lines(sketch)).toEqual([]);
  });
});

test('a replica whose driver does not find it is not moved to', () => {
  const sketch: MoveSketch = {
    source: own,
    target: having({ db: 'replicaNotFound' }, volume('pv-db', image('a'))),
  };
  const [block] = judgeGroup(factsOf(sketch), groupOf(sketch)).blocks;
  expect(block?.obstacle).toMatchObject({
    code: 'DR427',
    message: expect.stringMatching(/^the driver on west finds no volume.*--map-volume-handle$/),
    next: 'kubectl dr unprotect db -n shop --context west',
  });
});

test('a PV of another volume that waits for the claim is what is to be looked at', () => {
  const open = volume('pv-db', image('e'));
  const waiting = { ...open, spec: { ...open.spec, claimRef: { namespace: 'shop', name: 'db' } } };
  const target = { ...having({}, waiting as PersistentVolume), claims: known([]) };
  const [block] = judgeGroup(factsOf({ source: own, target }), groupOf({})).blocks;
  expect(block?.obstacle).toMatchObject({
    code: 'DR115',
    message: expect.stringMatching(/^PV pv-db, which is reserved for claim shop\/db, of west has volume/),
    next: expect.stringMatching(/^kubectl --context west describe pv pv-db; delete that PV if nothing/),
  });
});

describe('a PV that takes the volume along', () => {
  const released = { ...volume('pv-copy', image('a'), 'Delete'), status: { phase: 'Released' } };
  const replica = having({ db: 'replica' }, volume('pv-db', image('a')));

  test('stands against a relocate, on the source', () => {
    const source = having({ db: 'primary' }, volume('pv-db', image('a')), released);
    expect(judged({ source, target: replica })).toEqual([
      'source DR114: PV pv-copy of east is of the same volume and has reclaim policy Delete: it is released, and its provisioner deletes the volume at any time',
    ]);
  });

  test('stands against a failover, on the target, under another name and pool id, with the command that mends it', () => {
    const other = volume('pv-copy', image('a', '0000000000000009'), 'Delete');
    const target = having({ db: 'replica' }, volume('pv-db', image('a')), other);
    const { blocks } = judgeGroup(factsOf({ verb: 'failover', source: dark, target }), groupOf({}));
    expect(blocks.map(({ obstacle }) => [obstacle.code, obstacle.next])).toEqual([
      [
        'DR114',
        `kubectl --context west patch pv pv-copy -p '{"spec":{"persistentVolumeReclaimPolicy":"Retain"}}'`,
      ],
    ]);
  });

  test('does not stand against what is over', () => {
    const source = having({ db: 'replica' }, volume('pv-db', image('a')), released);
    const target = having({ db: 'primary' }, volume('pv-db', image('a')));
    expect(judged({ source, target })).toEqual([]);
  });

  test('is none where it keeps the volume', () => {
    const source = having({ db: 'primary' }, volume('pv-db', image('a')), volume('pv-copy', image('a')));
    expect(judged({ source, target: replica })).toEqual([]);
  });
});
