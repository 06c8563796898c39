import { anotherIn, objectToAnother } from '../rules/guard/never-a-copy.ts';
import { drCommand } from '../status/dr-command.ts';
import type { Decision } from './decision.ts';
import { forSite } from './rule-obstacles.ts';
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

/** Nobody can compare it with what the silent site has, and it began here: a replica it never was. */
const neverReplicated = (facts: StepFacts): Refusal | undefined => {
  const { protectors, peer, key, here, there } = facts;
  const isReplicated = !protectors.known || protectors.value.length > 0;
  if (isReplicated || peer.view.state !== 'unknown' || !isMadeHere(facts)) return undefined;
  const other = there?.name ?? 'the other site';
  return refused(
    `the volume of claim ${key.namespace}/${key.name} was made on ${here.name} for this very claim, and nothing has ever replicated it: it is no copy of what ${other} has under that name. If the copy is to be brought here, take this claim away first, if nothing needs its data, and restore the copy from a backup; if this volume is to be protected from here on`,
    drCommand(here, 'protect', key),
  );
};

/** Why a volume is no copy that could be promoted, though it goes by the name; asked before anything is called done. */
export const whyNoCopy = (facts: StepFacts): Refusal | undefined =>
  anotherThere(facts) ?? neverReplicated(facts);
