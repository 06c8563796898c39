import type { BackupRecord } from '../backup/backup-record.ts';
import { knownValue } from '../model/reading-of.ts';
import { staleBackupMs } from '../rules/advice/no-backup.ts';
import { formatAge } from '../status/age.ts';
import type { VolumeStatus } from '../status/assess.ts';
import { drCommand } from '../status/dr-command.ts';
import type { SiteVolume } from '../status/site-volumes.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

/** The side that replicates a volume, where the other one has nothing. */
type Alone = {
  readonly volume: SiteVolume;
  readonly on: SiteFacts;
  readonly backup: BackupRecord | undefined;
};

const aloneOf = ({ sites }: CheckFacts, { sides }: VolumeStatus): Alone[] =>
  sides.flatMap(({ site, volume }) => {
    const on = sites.find((it) => it.site.context === site.context);
    if (on === undefined || volume?.replication === undefined) return [];
    return [{ volume, on, backup: volume.replication.backup }];
  });

const objectOf = ({ namespace, claimName: name }: SiteVolume) => ({
  kind: 'PersistentVolumeClaim',
  namespace,
  name,
});

const toBackUp = ({ volume, on }: Alone): string =>
  drCommand(on.site, 'backup', { namespace: volume.namespace, name: volume.claimName });

const stale = (alone: Alone, now: number): readonly Seen[] => {
  const { volume, on, backup } = alone;
  const age = backup === undefined ? undefined : now - backup.at;
  if (age !== undefined && age <= staleBackupMs) return [];
  const message =
    age === undefined
      ? 'no backup of it is on record, and no other site can use its copy without the objects of claim and volume'
      : `the last backup on record is ${formatAge(age)} old, and a failover brings its objects back as they were then`;
  return [
    finding('DR304', 'warning', { site: on, object: objectOf(volume), message, next: toBackUp(alone) }),
  ];
};

const onTarget = (alone: Alone, target: SiteFacts, now: number): readonly Seen[] => {
  const { volume, on, backup } = alone;
  if (backup !== undefined) return stale(alone, now);
  const [here, there] = [target.site.name, on.site.name];
  return [
    finding('DR428', 'error', {
      site: target,
      object: objectOf(volume),
      message: `is not there, and no backup of it is on record on ${there}: when ${there} is lost, nothing tells ${here} which volume it was, and it cannot be failed over`,
      next: toBackUp(alone),
    }),
  ];
};

/** With the other site in view it is enough that that one has the claim; a backup is for what it lacks. */
const ofSite = (facts: CheckFacts, target: SiteFacts): readonly Seen[] => {
  const { claims, volumes } = knownValue(target.objects);
  knownValue(claims);
  knownValue(volumes);
  return facts.volumes
    .filter(({ withoutClaim }) => withoutClaim?.context === target.site.context)
    .flatMap((volume) => aloneOf(facts, volume))
    .flatMap((alone) => onTarget(alone, target, facts.now));
};

const look = (facts: CheckFacts): readonly Seen[] =>
  facts.sites.length > 1
    ? onEachSite(facts, (target) => ofSite(facts, target))
    : facts.volumes.flatMap((volume) => aloneOf(facts, volume)).flatMap((alone) => stale(alone, facts.now));

/** DR428 and DR304. After a disaster the objects of a volume come from the target itself, or from a backup; the day before is the last to make one. */
export const failoverObjects: Check = { name: 'FailoverObjects', codes: ['DR304', 'DR428'], look };
