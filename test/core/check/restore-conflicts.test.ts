import { describe, expect, it } from 'vitest';
import {
  checkFacts,
  exampleClaim,
  exampleReplication,
  exampleVolume,
  further,
  type SiteSketch,
} from '../../../core/check/examples.ts';
import type { CheckFacts } from '../../../core/check/facts.ts';
import { furtherAsked } from '../../../core/check/further-asked.ts';
import { runChecks } from '../../../core/check/run-checks.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known, unknown } from '../../../core/model/reading.ts';

const told = (facts: CheckFacts): string[] =>
  runChecks(facts)
    .findings.filter(({ code }) => code === 'DR437')
    .map(
      ({ level, site, object, message }) =>
        `${level} ${site?.name} ${object?.kind} ${object?.name}: ${message}`,
    );

const gapsOf = (facts: CheckFacts): readonly string[] =>
  runChecks(facts).runs.find(({ name }) => name === 'RestoreConflicts')?.unknown ?? [];

const pv = (spec: object, more: object = {}): PersistentVolume => ({
  ...exampleVolume,
  spec: { ...exampleVolume.spec, ...spec },
  ...more,
});

const claim = (spec: object, more: object = {}): PersistentVolumeClaim => ({
  metadata: exampleClaim.metadata,
  spec: { ...exampleClaim.spec, ...spec },
  ...more,
});

const there = (
  volumes: readonly PersistentVolume[],
  claims: readonly PersistentVolumeClaim[] = [],
): { there: SiteSketch } => ({
  there: { objects: known({ replications: [], volumes: known(volumes), claims: known(claims) }) },
});

const another = { ...exampleVolume.spec?.csi, driver: 'nfs.csi.k8s.io', volumeHandle: 'server#share' };
const shared: SiteSketch = {
  objects: known({
    claims: known([claim({ accessModes: ['ReadWriteMany'] }, { status: exampleClaim.status })]),
    volumes: known([pv({ accessModes: ['ReadWriteMany'] })]),
  }),
};
const quota = (hard: string, used: string) => ({
  metadata: { namespace: 'shop', name: 'limits' },
  spec: { hard: { 'requests.storage': hard } },
  status: { hard: { 'requests.storage': hard }, used: { 'requests.storage': used } },
});

describe('DR437', () => {
  const found: [string, CheckFacts, RegExp][] = [
    [
      'a PV there that was released',
      checkFacts(
        there([
          pv({ claimRef: { namespace: 'shop', name: 'db', uid: 'gone' } }, { status: { phase: 'Released' } }),
        ]),
      ),
      /^error cluster-2 PersistentVolume pv-db: is Released: .* a move from cluster-1 could not restore/,
    ],
    [
      'one that failed',
      checkFacts(there([pv({}, { status: { phase: 'Failed' } })])),
      /^error cluster-2 PersistentVolume pv-db: is Failed on cluster-2/,
    ],
    [
      'one for another claim',
      checkFacts(there([pv({ claimRef: { namespace: 'till', name: 'db' } })])),
      /PersistentVolume pv-db: is reserved for claim till\/db/,
    ],
    [
      'one of that name for another volume',
      checkFacts(there([pv({ csi: another })])),
      /PersistentVolume pv-db: cluster-2 has a PV of this name for volume nfs.csi.k8s.io\/server#share/,
    ],
    [
      'one whose access modes the claim does not find in it',
      checkFacts({ here: shared, ...there([pv({ accessModes: ['ReadWriteOnce'] })]) }),
      /PersistentVolumeClaim db: does not fit PV pv-db: it asks for access mode ReadWriteMany/,
    ],
    [
      'a claim there that waits for another volume',
      checkFacts(there([], [claim({ volumeName: undefined }, { status: { phase: 'Pending' } })])),
      /PersistentVolumeClaim db: waits for a new volume, which would be empty/,
    ],
    [
      'a quota there',
      checkFacts({
        ...there([]),
        ...further('cluster-2', { resourceQuotas: known([quota('10Gi', '9.5Gi')]) }),
      }),
      /ResourceQuota limits: requests.storage is limited to 10Gi on cluster-2, 9.5Gi are used/,
    ],
  ];
  it.each(found)('finds %s', (_, facts, line) => {
    expect(told(facts)).toEqual([expect.stringMatching(line)]);
  });

  const silent: [string, CheckFacts][] = [
    ['nothing is there yet', checkFacts(there([]))],
    ['the PV waits for its claim', checkFacts(there([pv({ claimRef: { namespace: 'shop', name: 'db' } })]))],
    ['there is room', checkFacts(further('cluster-2', { resourceQuotas: known([quota('10Gi', '1Gi')]) }))],
    [
      'the claim is there, bound to the copy',
      checkFacts({
        here: shared,
        ...there(
          [
            pv({
              accessModes: ['ReadWriteOnce'],
              claimRef: { namespace: 'shop', name: 'db', uid: 'uid-db' },
            }),
          ],
          [claim({}, { metadata: { ...exampleClaim.metadata, uid: 'uid-db' }, status: { phase: 'Bound' } })],
        ),
      }),
    ],
    [
      'the claim there has another volume, which DR426 says',
      checkFacts(
        there(
          [pv({ csi: another }, { metadata: { name: 'other' } })],
          [claim({ volumeName: 'other' }, { status: { phase: 'Bound' } })],
        ),
      ),
    ],
    ['the class is missing there, which DR404 says', checkFacts({ there: { storageClasses: known([]) } })],
    ['no other site is known', checkFacts({ there: null })],
  ];
  it.each(silent)('says nothing where %s', (_, facts) => {
    expect(told(facts)).toEqual([]);
  });

  it('does not know what was not read, and asks for quotas only where a claim would be created', () => {
    const dark = checkFacts({ there: { objects: unknown('connection refused') } });
    expect([told(dark), gapsOf(dark)]).toEqual([[], ['cluster-2 cannot be read']]);
    const forbidden = checkFacts(further('cluster-2', { resourceQuotas: unknown('quotas: forbidden') }));
    expect([told(forbidden), gapsOf(forbidden)]).toEqual([[], ['quotas: forbidden']]);
    const bound = there([exampleVolume], [claim({}, { status: { phase: 'Bound' } })]);
    const asked = (facts: CheckFacts) => facts.sites.map((site) => furtherAsked(facts, site));
    expect(asked(checkFacts())).toEqual([[], ['resourceQuotas']]);
    expect(asked(checkFacts(bound))).toEqual([[], []]);
  });

  it('says nothing of a volume that nobody protects', () => {
    const wants = { ...exampleReplication.spec, replicationState: 'secondary' as const };
    const replications = [{ ...exampleReplication, spec: wants, status: { state: 'Secondary' } }];
    const facts = checkFacts({
      here: { objects: known({ replications }) },
      ...there([pv({}, { status: { phase: 'Failed' } })]),
    });
    expect(told(facts)).toEqual([]);
  });
});
