import type { VolumeIdentity } from '../model/persistent-volume.ts';
import { compareVolumes } from '../model/same-volume.ts';
import { anotherIn, objectToAnother } from '../rules/guard/never-a-copy.ts';
import { drCommand } from '../status/dr-command.ts';
import type { Decision } from './decision.ts';
import { forSite } from './rule-obstacles.ts';
import { seenVolume } from './seen-volume.ts';
import type { StepFacts } from './step-facts.ts';

type Refusal = Extract<Decision, { kind: 'refuse' }>;

const refused = (message: string, next?: string): Refusal => ({
  kind: 'refuse',
  isRule: true,
  obstacles: [{ code: 'DR115', message, ...(next === undefined ? {} : { next }) }],
});

const asSentence = (clause: string): string => clause.charAt(0).toUpperCase() + clause.slice(1);

/** The other site answers, and protects another volume under this name. */
const anotherThere = ({ key, volume, peer, here }: StepFacts): Refusal | undefined => {
  const found = anotherIn(peer.view);
  if (found === undefined) return undefined;
  const { fact, risk, next } = objectToAnother(key, volume, found);
  return refused(forSite(`${fact}. ${asSentence(risk)}. ${next}`, here));
};

/** A provisioner names a PV after the claim that it makes it for: a PV that came from another cluster has the uid of a claim there. */
const isMadeHere = ({ claim, volume }: StepFacts): boolean => {
  const uid = claim.known ? claim.value?.metadata.uid : undefined;
  const name = volume.known ? volume.value?.metadata.name : undefined;
  return uid !== undefined && name?.endsWith(`-${uid}`) === true;
};

/** The backup that the other site's copy is to be taken from names this very volume. */
const isBackedUp = (facts: StepFacts, backedUpAs: VolumeIdentity | undefined): boolean => {
  const own = seenVolume(facts);
  return own !== undefined && backedUpAs !== undefined && compareVolumes(own, backedUpAs) === 'same';
};

/**
 * Nobody can compare it with what the silent site has, and it began here: a replica that was moved back has lost its replication, or it never
 * was one. A backup of the other site tells which.
 */
const neverReplicated = (facts: StepFacts, backedUpAs: VolumeIdentity | undefined): Refusal | undefined => {
  const { protectors, peer, key, here, there } = facts;
  const isReplicated = !protectors.known || protectors.value.length > 0;
  if (isReplicated || peer.view.state !== 'unknown' || !isMadeHere(facts)) return undefined;
  if (isBackedUp(facts, backedUpAs)) return undefined;
  const other = there?.name ?? 'the other site';
  return refused(
    `the volume of claim ${key.namespace}/${key.name} was made on ${here.name} for this very claim, and nothing on ${here.name} replicates it: that it is a copy of what ${other} has under that name cannot be told. A backup of ${other} that names this volume tells; if it is another volume, take this claim away first, if nothing needs its data`,
    `${drCommand(here, 'failover', key)} --from DIR`,
  );
};

/** Why a volume is no copy that could be promoted, though it goes by the name; asked before anything is called done. */
export const whyNoCopy = (facts: StepFacts, backedUpAs: VolumeIdentity | undefined): Refusal | undefined =>
  anotherThere(facts) ?? neverReplicated(facts, backedUpAs);
