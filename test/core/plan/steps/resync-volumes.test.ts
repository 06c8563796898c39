import { describe, expect, test } from 'vitest';
import { known } from '../../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../../core/model/volume-replication.ts';
import { resyncVolumes } from '../../../../core/plan/steps/resync-volumes.ts';
import type { VrSketch } from '../../status/objects.ts';
import { dark, vr } from '../../step/pair.ts';
import { linesBy, lookBy, type MoveSketch } from '../moves.ts';

const annotated = (sketch: VrSketch, annotations: Record<string, string> = {}): VolumeReplication => {
  const replication = vr(sketch);
  return { ...replication, metadata: { ...replication.metadata, annotations } };
};

const secondary = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] } as const;
const resync = { wants: 'resync', state: 'Secondary' } as const;
const marked = { 'kubectl-dr.dev/stale-against': 'east/db-uid' };
const remade = { 'kubectl-dr.dev/stale-against': undefined, 'kubectl-dr.dev/resynced-from': 'east/db-uid' };

const primary = (synced?: number) => ({ replications: known([vr({ asked: 60, synced })]) });
const copy = (replication: VolumeReplication) => ({ replications: known([replication]) });

/** East, which took over, is primary; west came back. */
const back = (sketch: MoveSketch): MoveSketch => ({ verb: 'failback', source: primary(), ...sketch });

describe('the resync of a return', () => {
  test.each<[string, MoveSketch, string[]]>([
    ['is nothing to do for a copy that nothing is said of', { target: copy(vr(secondary)) }, []],
    [
      'throws an older copy away only where a person accepted it',
      { target: copy(annotated(secondary, marked)) },
      ['block target PersistentVolumeClaim db: Unknown, unless resync is accepted'],
    ],
    [
      'begins where that was accepted',
      { target: copy(annotated(secondary, marked)), accepts: ['resync'] },
      ['write target PersistentVolumeClaim db: resync with consent'],
    ],
    [
      'is refused while the source, by its spec, is to be demoted',
      {
        source: { replications: known([vr({ wants: 'secondary', generation: 2, observed: 1 })]) },
        target: copy(annotated(secondary, marked)),
        accepts: ['resync'],
      },
      ['block target PersistentVolumeClaim db: DR108'],
    ],
    [
      'is waited for until the controller has seen it',
      { target: copy(annotated({ ...resync, generation: 2, observed: 1 }, marked)) },
      [
        'wait target PersistentVolumeClaim db: waiting for the controller: asked to resync, the controller has not acted on it yet',
      ],
    ],
    [
      'is waited for while the driver answers errors',
      { target: copy(annotated({ ...resync, sets: ['resyncFailed'], message: 'no last sync' }, marked)) },
      [
        'wait target PersistentVolumeClaim db: its copy is being made anew; for now the driver says: no last sync',
      ],
    ],
    [
      'ends with an ordinary replica once the driver answers OK',
      { target: copy(annotated({ ...resync, sets: ['resyncing'] }, marked)) },
      ['write target PersistentVolumeClaim db: settle'],
    ],
    [
      'writes down that a copy follows, of which a record tells that it is older',
      { source: primary(5), target: copy(vr(secondary)), isToldStale: true },
      ['write target PersistentVolumeClaim db: settle'],
    ],
    [
      'takes the mark off a copy that follows',
      { source: primary(5), target: copy(annotated(secondary, marked)) },
      ['write target PersistentVolumeClaim db: settle'],
    ],
    [
      'goes on only when the source can be read',
      { source: dark, target: copy(annotated(secondary, marked)) },
      [`wait source PersistentVolumeClaim db: east cannot be read: ${dark} (unknown)`],
    ],
    [
      'goes on only when the target can be read',
      { target: dark },
      [`wait target PersistentVolumeClaim db: west cannot be read: ${dark} (unknown)`],
    ],
    [
      'is over for a volume that is through',
      {
        source: { replications: known([vr(secondary)]) },
        target: copy(annotated({}, marked)),
      },
      [],
    ],
  ])('%s', (_, sketch, expected) => {
    expect(linesBy(resyncVolumes, back(sketch))).toEqual(expected);
  });

  test('names the side that is to become primary again, where nothing is that a copy could be made anew from', () => {
    const { blocks } = lookBy(
      resyncVolumes,
      back({
        source: { replications: known([vr(secondary)]) },
        target: copy(vr(secondary)),
        isToldStale: true,
      }),
    );
    expect(blocks).toMatchObject([
      { obstacle: { code: 'DR108', next: 'kubectl dr promote db -n shop --context east' }, isRule: true },
    ]);
  });

  test('names the primary that the copy was made anew from, and takes the mark off', () => {
    for (const sketch of [
      { target: copy(annotated({ ...resync, sets: ['resyncing'] }, marked)) },
      { source: primary(5), target: copy(vr(secondary)), isToldStale: true },
    ])
      expect(lookBy(resyncVolumes, back(sketch)).writes).toMatchObject([
        { writes: [{ kind: 'ask', replicationState: 'secondary', annotations: remade }], consent: undefined },
      ]);
  });
});
