import { restoreAnnotations } from '../backup/restore-annotations.ts';
import type { PersistentVolume } from '../model/persistent-volume.ts';
import { known } from '../model/reading.ts';
import { readingOf } from '../model/reading-of.ts';
import type { VolumeReplication } from '../model/volume-replication.ts';
import { isKept } from '../protection/fate-of-volume.ts';
import type { ListedSite } from '../protection/view-lists.ts';
import { judgeGuard } from '../rules/guard/judge-guard.ts';
import { drCommand } from '../status/dr-command.ts';
import { chooseClass } from './choose-class.ts';
import { cannot, type Decision, type StepWrite } from './decision.ts';
import { judgeStep } from './judge-step.ts';
import { newReplication } from './new-replication.ts';
import { ownReplication, terminating, whyAnotherClass } from './own-replication.ts';
import { refusedByRules } from './rule-obstacles.ts';
import type { StepFacts } from './step-facts.ts';
import { otherTakers } from './taken-volume.ts';

/** What a person said about a protection. */
export type ProtectOptions = {
  /** `--class`. */
  readonly className?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
};

const retained = (volume: PersistentVolume): PersistentVolume => ({
  ...volume,
  spec: { ...volume.spec, persistentVolumeReclaimPolicy: 'Retain' },
});

/** The facts as they will be once the volume is retained, which is the first thing that is written. */
const withRetained = (facts: StepFacts, volume: PersistentVolume): StepFacts => {
  const kept = retained(volume);
  const replace = (found: PersistentVolume | undefined) =>
    found?.metadata.name === volume.metadata.name ? kept : found;
  const site: ListedSite = {
    ...facts.site,
    volume: (name) => replace(facts.site.volume(name)),
    volumesReservedFor: (claim) =>
      facts.site.volumesReservedFor(claim).map((found) => replace(found) ?? found),
  };
  return { ...facts, site, volume: known(kept) };
};

/** Asked for before: what may still be missing is that the volume outlives its claim. */
const protectedAlready = (
  facts: StepFacts,
  replication: VolumeReplication,
  className: string | undefined,
): Decision => {
  const { namespace = '', name = '', deletionTimestamp } = replication.metadata;
  if (deletionTimestamp !== undefined) return terminating(facts, replication);
  const contradiction = whyAnotherClass(facts, replication, className);
  if (contradiction !== undefined) return contradiction;
  if (replication.spec.replicationState !== 'primary')
    return cannot(
      'Ambiguous',
      `claim ${namespace}/${facts.key.name} is protected already, as ${replication.spec.replicationState} on ${facts.here.name}`,
      drCommand(facts.here, 'status', facts.key),
    );
  const key = { namespace, name };
  const volume = facts.volume.known ? facts.volume.value : undefined;
  if (volume === undefined || isKept(volume)) return { kind: 'await', key };
  return {
    kind: 'write',
    key,
    writes: [{ kind: 'retain', volume }],
    message: `protected as before, PV ${volume.metadata.name} set to Retain`,
    consent: undefined,
  };
};

/** A volume that came from the other site, or is replicated there, has a side that is primary: here it can only be promoted. */
const whyOnlyPromoted = (facts: StepFacts): Decision | undefined => {
  const { claim, peer, there, here, key } = facts;
  const restoredFrom = claim.known
    ? claim.value?.metadata.annotations?.[restoreAnnotations.source]
    : undefined;
  const where = peer.replication === undefined ? restoredFrom : there?.name;
  // What the other site is while it is primary, or cannot be read, is said by the rules.
  if (where === undefined || peer.view.state === 'primary' || peer.view.state === 'unknown') return undefined;
  return cannot(
    'Ambiguous',
    `the volume of claim ${key.namespace}/${key.name} belongs to a pair with ${where} already: it is promoted here, not protected anew`,
    drCommand(here, 'promote', key),
  );
};

/** A class that was made where no guard stood may have parameters that cannot work (DR107): the driver would say so one day. */
const classRefusals = ({ site }: StepFacts, name: string) => {
  const found = readingOf(() => site.replicationClass(name));
  if (!found.known || found.value === undefined) return [];
  const { provisioner, parameters = {} } = found.value.spec;
  const facts = { subject: 'class', kind: 'VolumeReplicationClass', name, provisioner, parameters } as const;
  return judgeGuard(facts).refusals;
};

const whyClaimGoes = ({ claim, key, here }: StepFacts): Decision | undefined =>
  claim.known && claim.value?.metadata.deletionTimestamp !== undefined
    ? cannot(
        'Terminating',
        `claim ${key.namespace}/${key.name} is being deleted`,
        `${here.kubectl} -n ${key.namespace} describe pvc ${key.name}`,
      )
    : undefined;

/**
 * ceph-csi takes a volume for static by this attribute (docs/static-pvc.md there): its handle names an image that the driver has not made,
 * and every replication call about it fails for good.
 */
const whyStatic = ({ volume, key }: StepFacts): Decision | undefined => {
  const pv = volume.known ? volume.value : undefined;
  const attributes = pv?.spec?.csi?.['volumeAttributes'] as Readonly<Record<string, unknown>> | undefined;
  if (attributes?.['staticVolume'] !== 'true') return undefined;
  return cannot(
    'StaticVolume',
    `PV ${pv?.metadata.name} of claim ${key.namespace}/${key.name} is static: its driver mirrors only volumes that it has made itself. Copy its data into a claim of a StorageClass, and protect that one`,
  );
};

const writesFor = (volume: PersistentVolume | undefined, object: VolumeReplication): StepWrite[] => {
  const create: StepWrite = { kind: 'create', object };
  if (volume === undefined || isKept(volume)) return [create];
  return [{ kind: 'retain', volume }, create];
};

/** How a claim comes under protection: its PV outlives it, and a VolumeReplication makes it primary here. */
export const decideProtect = (facts: StepFacts, { className, now }: ProtectOptions): Decision => {
  const own = ownReplication(facts);
  if ('obstacle' in own) return own.obstacle;
  if (own.replication !== undefined) return protectedAlready(facts, own.replication, className);
  const early = whyClaimGoes(facts) ?? whyOnlyPromoted(facts) ?? whyStatic(facts);
  if (early !== undefined) return early;
  if (!facts.volume.known) return cannot('Unknown', facts.volume.why);
  const choice = chooseClass(facts, className);
  if ('obstacle' in choice) return { kind: 'refuse', isRule: false, obstacles: [choice.obstacle] };
  const { namespace, name } = facts.key;
  if (facts.site.replication(namespace, name) !== undefined)
    return cannot('Ambiguous', `VolumeReplication ${namespace}/${name} is there already, for another claim`);
  const after = newReplication(facts.key, { name, className: choice.className });
  const volume = facts.volume.value;
  const judged = volume === undefined ? facts : withRetained(facts, volume);
  const { refusals } = judgeStep(judged, { before: undefined, after }, { withoutPeer: 'allow', now });
  const all = [...refusals, ...classRefusals(facts, choice.className)];
  if (all.length > 0) return refusedByRules(all, facts.here);
  const taken = otherTakers(facts);
  if (taken.length > 0) return { kind: 'refuse', isRule: true, obstacles: taken };
  const writes = writesFor(volume, after);
  return {
    kind: 'write',
    key: facts.key,
    writes,
    message: `protected by VolumeReplication ${name} of class ${choice.className}${writes.length > 1 ? `, PV ${volume?.metadata.name} set to Retain` : ''}`,
    consent: undefined,
  };
};
