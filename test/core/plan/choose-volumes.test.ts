import { describe, expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import type { VolumeReplication } from '../../../core/model/volume-replication.ts';
import {
  type BackedUpClaims,
  type ChoiceSite,
  chooseBackedUp,
  chooseVolumes,
  type WantedVolumes,
} from '../../../core/plan/choose-volumes.ts';
import { pv, pvc, vr } from '../status/objects.ts';
import { dark, listed } from '../step/pair.ts';

type SiteSketch = {
  readonly claims?: readonly PersistentVolumeClaim[];
  readonly volumes?: readonly PersistentVolume[];
  readonly replications?: readonly VolumeReplication[];
  readonly workloads?: ChoiceSite['workloads'];
};

const twoClaims = [pvc('db'), pvc('web')];
const twoVolumes = [pv('pv-db', 'handle-db'), pv('pv-web', 'handle-web')];

const site = (sketch: SiteSketch = {}): Reading<ChoiceSite> => {
  const { claims = twoClaims, volumes = twoVolumes, replications = [], workloads = [] } = sketch;
  const view = listed({
    claims: known(claims),
    volumes: known(volumes),
    replications: known(replications),
  });
  return known({ view, claims, replications, workloads });
};

const everything: WantedVolumes = {
  namespace: 'shop',
  claims: [],
  replications: [],
  workloads: [],
  hasLabels: undefined,
};
const noBackup: BackedUpClaims = { keys: [], words: new Set() };
const nothing = site({ claims: [], volumes: [] });

/** `db`, or `db=data` where the other site calls it otherwise. */
const chosen = (
  sites: { here: Reading<ChoiceSite>; there: Reading<ChoiceSite> },
  wanted: Partial<WantedVolumes>,
  backedUp: BackedUpClaims = noBackup,
): { pairs: string[]; missing: readonly string[] } => {
  const { pairs, missing } = chooseVolumes(sites, { ...everything, ...wanted }, backedUp);
  return {
    pairs: pairs.map(({ here, there }) =>
      here.name === there.name ? here.name : `${here.name}=${there.name}`,
    ),
    missing,
  };
};

describe('without a word', () => {
  test('all protected claims of either site are meant, each once', () => {
    const sites = {
      here: site({ replications: [vr({ claim: 'db' })] }),
      there: site({ replications: [vr({ claim: 'db' }), vr({ claim: 'web' })] }),
    };
    expect(chosen(sites, {})).toEqual({ pairs: ['db', 'web'], missing: [] });
  });

  test('claims of other namespaces are meant only where all are', () => {
    const sites = { here: site({ replications: [vr({ claim: 'db' })] }), there: site() };
    expect(chosen(sites, { namespace: 'mail' }).pairs).toEqual([]);
    expect(chosen(sites, { namespace: undefined }).pairs).toEqual(['db']);
  });

  test('what a backup has is meant, too, where the site is lost', () => {
    const backup = chooseBackedUp(
      { claims: twoClaims, replications: [vr({ claim: 'db' })], workloads: [] },
      everything,
    );
    expect(chosen({ here: unknown(dark), there: nothing }, {}, backup).pairs).toEqual(['db']);
  });
});

describe('a claim', () => {
  test.each<[string, Parameters<typeof chosen>[0], string[], string[]]>([
    ['is found on the site here', { here: site(), there: nothing }, ['db'], []],
    ['is found on the site there', { here: nothing, there: site() }, ['db'], []],
    ['is found where the other site cannot be read', { here: unknown(dark), there: site() }, ['db'], []],
    ['is missing where neither has it', { here: nothing, there: nothing }, [], ['pvc/db']],
  ])('%s', (_, sites, pairs, missing) => {
    expect(chosen(sites, { claims: ['db'] })).toEqual({ pairs, missing });
  });

  test('that only a backup has is found by the word that asked for it', () => {
    const wanted = { claims: ['db', 'mail'] };
    const backup = chooseBackedUp(
      { claims: [pvc('db')], replications: [], workloads: [] },
      { ...everything, ...wanted },
    );
    expect(chosen({ here: unknown(dark), there: nothing }, wanted, backup)).toEqual({
      pairs: ['db'],
      missing: ['pvc/mail'],
    });
  });

  test('is paired by the identity of its volume, whatever the other site calls it', () => {
    const renamed = site({ claims: [pvc('data', 'pv-x')], volumes: [pv('pv-x', 'handle-db')] });
    expect(chosen({ here: site(), there: renamed }, { claims: ['db'] }).pairs).toEqual(['db=data']);
    expect(chosen({ here: renamed, there: site() }, { claims: ['db'] }).pairs).toEqual(['data=db']);
  });

  test('is paired with its namesake where both have the volume under several names', () => {
    const both = site({
      claims: [pvc('alias', 'pv-x'), pvc('db', 'pv-x')],
      volumes: [pv('pv-x', 'handle-db')],
    });
    expect(chosen({ here: site(), there: both }, { claims: ['db'] }).pairs).toEqual(['db']);
  });
});

describe('other words', () => {
  const web = { kind: 'Deployment', namespace: 'shop', name: 'web', claims: ['db', 'web'] };
  const sites = {
    here: site({ replications: [vr({ claim: 'db', name: 'db-vr' })], workloads: [web] }),
    there: nothing,
  };

  test('a VolumeReplication means its claim', () => {
    expect(chosen(sites, { replications: ['db-vr'] })).toEqual({ pairs: ['db'], missing: [] });
    expect(chosen(sites, { replications: ['other'] }).missing).toEqual(['vr/other']);
  });

  test('a workload means all claims that it mounts', () => {
    const workloads = [{ kind: 'Deployment', name: 'web' }];
    expect(chosen(sites, { workloads })).toEqual({ pairs: ['db', 'web'], missing: [] });
    expect(chosen(sites, { workloads: [{ kind: 'StatefulSet', name: 'web' }] }).missing).toEqual([
      'statefulset/web',
    ]);
  });

  test('labels mean every claim that has them, and none is missing', () => {
    const hasLabels = ({ metadata }: PersistentVolumeClaim): boolean => metadata.name === 'web';
    expect(chosen(sites, { hasLabels })).toEqual({ pairs: ['web'], missing: [] });
    expect(chosen(sites, { hasLabels: () => false })).toEqual({ pairs: [], missing: [] });
  });

  test('keys mean claims of any namespace, as a record names them', () => {
    const keys = [
      { namespace: 'shop', name: 'db' },
      { namespace: 'mail', name: 'box' },
    ];
    expect(chosen(sites, { namespace: undefined, keys })).toEqual({
      pairs: ['db'],
      missing: ['pvc/box in mail'],
    });
  });

  test('several words for one claim mean it once', () => {
    const workloads = [{ kind: 'Deployment', name: 'web' }];
    expect(chosen(sites, { claims: ['db'], replications: ['db-vr'], workloads }).pairs).toEqual([
      'db',
      'web',
    ]);
  });
});
