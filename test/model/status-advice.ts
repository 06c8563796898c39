// What `kubectl dr status` prints of both sites, once everything can be read.
import { known } from '../../core/model/reading.ts';
import { resources } from '../../core/model/resource.ts';
import { assess, type VolumeStatus } from '../../core/status/assess.ts';
import type { SiteSnapshot } from '../../core/status/snapshot.ts';
import type { MovingSite, MovingWorld } from './moving-world.ts';

const snapshotOf = ({ guarded: { simulated, name } }: MovingSite): SiteSnapshot => ({
  site: { name, context: name, kubectl: `kubectl --context ${name}` },
  objects: known({
    replications: simulated.all(resources.volumeReplications),
    groups: [],
    classes: known(simulated.all(resources.volumeReplicationClasses)),
    claims: known(simulated.all(resources.persistentVolumeClaims)),
    volumes: known(simulated.all(resources.persistentVolumes)),
    operations: known(simulated.all(resources.operations)),
  }),
});

/** A row for each volume. */
export const statusOf = ({ sites: [here, there], now }: MovingWorld): VolumeStatus[] =>
  assess({ here: snapshotOf(here), there: snapshotOf(there), now });

/** The commands that its rows name next. */
export const statusAdvises = (world: MovingWorld): string[] =>
  statusOf(world).flatMap(({ verdict: { next } }) => next ?? []);
