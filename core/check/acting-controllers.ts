import { millisecondsOf } from '../model/api-time.ts';
import type { Reading } from '../model/reading.ts';
import { knownValue } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { formatAge } from '../status/age.ts';
import { settleTime } from '../status/patience.ts';
import { isStatusCurrent, replicationOfVolume } from '../status/replication.ts';
import type { CheckFacts, LeaseHeld, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { firstOf, onEachSite } from './on-each.ts';

/** Who writes status as whom: dr-controller names itself, kubernetes-csi-addons has the name of its binary. */
const ourManager = 'dr-controller';
/** A person who edits a status with kubectl acts for nobody. */
const isPerson = (manager: string): boolean => manager.startsWith('kubectl');

const ourLease = (driver: string): string =>
  `${driver.replaceAll(/[^a-zA-Z0-9-]/g, '-')}-dr-controller`.toLowerCase();
/** The leader election of the controller manager of kubernetes-csi-addons. */
const theirLease = 'e8cd140a.openshift.io';

/** Signs of life of one kind of controller for one driver, each one clause. */
type Signs = { readonly ours: readonly string[]; readonly theirs: readonly string[] };

const isHeld = ({ spec }: LeaseHeld, now: number): boolean => {
  const renewed = millisecondsOf(spec?.renewTime);
  const patience = Math.max((spec?.leaseDurationSeconds ?? 0) * 1000, settleTime);
  return Boolean(spec?.holderIdentity) && renewed !== undefined && now - renewed < patience;
};

/** What may not be read shows nothing, which is said beside; a status may still tell who acts. */
const readIn = <T>(list: Reading<readonly T[]>): readonly T[] => (list.known ? list.value : []);

const heldLeases = (site: SiteFacts, name: string, now: number): string[] =>
  readIn(site.leases)
    .filter((lease) => lease.metadata.name === name && isHeld(lease, now))
    .map(({ metadata, spec }) => `lease ${metadata.namespace}/${name} is held by ${spec?.holderIdentity}`);

/** Sidecars alone are no controller, and a controller without sidecars reaches no driver: it takes both. */
const signsOfAddons = (site: SiteFacts, driver: string, now: number): string[] => {
  const node = readIn(site.csiAddonsNodes).find(({ spec }) => spec?.driver?.name === driver);
  if (node === undefined) return [];
  const { metadata, status } = node;
  return heldLeases(site, theirLease, now).map(
    (lease) =>
      `${lease}, CSIAddonsNode ${metadata.namespace}/${metadata.name} is ${status?.state ?? 'without state'}`,
  );
};

type StatusWrite = { readonly manager: string; readonly at: number; readonly of: VolumeReplication };

const statusWrites = (of: VolumeReplication): StatusWrite[] =>
  (of.metadata.managedFields ?? []).flatMap(({ subresource, manager = '', time }) => {
    const at = millisecondsOf(time);
    return subresource !== 'status' || at === undefined || isPerson(manager) ? [] : [{ manager, at, of }];
  });

/** Who wrote the present status last, where that is about the present spec. An older status tells of the past. */
const lastWriter = (vr: VolumeReplication): StatusWrite[] => {
  if (!isStatusCurrent(replicationOfVolume(vr))) return [];
  return statusWrites(vr)
    .toSorted((a, b) => b.at - a.at)
    .slice(0, 1);
};

const sayWrites = (writes: readonly StatusWrite[], now: number): string[] => {
  const last = writes.toSorted((a, b) => b.at - a.at)[0];
  if (last === undefined) return [];
  const { namespace, name, generation } = last.of.metadata;
  return [
    `${last.manager} wrote the status of ${namespace}/${name} at generation ${generation}, ${formatAge(now - last.at)} ago`,
  ];
};

const signsOf = (
  site: SiteFacts,
  driver: string,
  { replications, now }: { replications: readonly VolumeReplication[]; now: number },
): Signs => {
  const writes = replications.flatMap(lastWriter);
  const byUs = ({ manager }: StatusWrite): boolean => manager === ourManager;
  return {
    ours: [...heldLeases(site, ourLease(driver), now), ...sayWrites(writes.filter(byUs), now)],
    theirs: [
      ...signsOfAddons(site, driver, now),
      ...sayWrites(
        writes.filter((write) => !byUs(write)),
        now,
      ),
    ],
  };
};

/** Leases tell who runs now; a status that was written may be of one that has gone. */
const bothRun = (site: SiteFacts, driver: string, now: number): boolean =>
  heldLeases(site, ourLease(driver), now).length > 0 && signsOfAddons(site, driver, now).length > 0;

const waitingLong = (replications: readonly VolumeReplication[], now: number): string[] =>
  replications
    .map(replicationOfVolume)
    .filter((it) => !isStatusCurrent(it) && it.askedAt !== undefined && now - it.askedAt > settleTime)
    .map(({ namespace, name }) => `VolumeReplication ${namespace}/${name}`);

const judgeSigns = (
  site: SiteFacts,
  driver: string,
  { replications, now }: { replications: readonly VolumeReplication[]; now: number },
): readonly Seen[] => {
  const { ours, theirs } = signsOf(site, driver, { replications, now });
  const object = { kind: 'CSIDriver', name: driver };
  const says = (level: 'error' | 'info', message: string): Seen =>
    finding('DR403', level, {
      site,
      object,
      message,
      next: level === 'info' ? undefined : `${site.site.kubectl} get leases -A`,
    });
  if (bothRun(site, driver, now))
    return [
      says(
        'error',
        `dr-controller and kubernetes-csi-addons both act for it, and undo what the other did: ${[...ours, ...theirs].join('; ')}`,
      ),
    ];
  const waiting = waitingLong(replications, now);
  if (waiting.length > 0)
    return [
      says(
        'error',
        `no controller acts for it: ${firstOf(waiting)} waits for longer than ${formatAge(settleTime)}; ${[...ours, ...theirs].join('; ') || 'nothing that could be read shows dr-controller or kubernetes-csi-addons'}`,
      ),
    ];
  if (ours.length > 0) return [says('info', `dr-controller acts for it: ${ours.join('; ')}`)];
  if (theirs.length > 0) return [says('info', `kubernetes-csi-addons acts for it: ${theirs.join('; ')}`)];
  return [
    {
      unknown: `whether a controller acts for ${driver} on ${site.site.name} cannot be seen while no VolumeReplication and no lease shows it`,
    },
  ];
};

const ofSite = ({ now }: CheckFacts, site: SiteFacts): readonly Seen[] => {
  const classes = site.view.replicationClasses();
  const driverOf = new Map(classes.map(({ metadata, spec }) => [metadata.name ?? '', spec.provisioner]));
  const { replications } = knownValue(site.objects);
  const byDriver = Map.groupBy(replications, ({ spec }) => driverOf.get(spec.volumeReplicationClass));
  const gaps = [site.leases, site.csiAddonsNodes].flatMap((list) =>
    list.known ? [] : { unknown: list.why },
  );
  const judged = [...new Set(driverOf.values())].flatMap((driver) =>
    judgeSigns(site, driver, { replications: byDriver.get(driver) ?? [], now }),
  );
  return [...judged, ...gaps];
};

/** DR403. A VolumeReplication is a wish; who acts on it shows only in what it leaves behind. */
export const actingControllers: Check = {
  name: 'Controllers',
  codes: ['DR403'],
  look: (facts) => onEachSite(facts, (site) => ofSite(facts, site)),
};
