import { restoreAnnotations } from '../backup/restore-annotations.ts';
import { knownValue, readingOf } from '../model/reading-of.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { drFlags } from '../status/dr-command.ts';
import { decidePromote } from '../step/decide-promote.ts';
import type { Obstacle } from '../step/decision.ts';
import type { StepFacts } from '../step/step-facts.ts';
import type { GroupNow, VolumeNow } from './move.ts';
import { promoteOptions } from './promote-options.ts';
import { type Block, claimObject } from './step-look.ts';
import { refusalsOf, replicationOf } from './steps/replication-steps.ts';

// What makes the promote impossible stands against the first step: an application is not taken down for a target that cannot take it up.

/**
 * What no step of a procedure mends. Everything else that stands against a promote now is ended by the steps before it; a PV that does not
 * keep its volume stands against the move by itself (DR114).
 */
const staysSo: readonly Obstacle['code'][] = [
  'DR103',
  'DR105',
  'DR106',
  'DR107',
  'Ambiguous',
  'GroupMember',
  'Terminating',
];

/** The class by which the target will be promoted; undefined where one is chosen by the driver, or nothing tells. */
const classNameFor = ({ source, target }: VolumeNow, { className }: GroupNow): string | undefined => {
  const there = target.known ? replicationOf(target.value) : undefined;
  const here = source.known ? replicationOf(source.value) : undefined;
  const remembered = target.known ? annotationOf(target.value) : undefined;
  return there?.spec.volumeReplicationClass ?? className ?? here?.spec.volumeReplicationClass ?? remembered;
};

const annotationOf = ({ claim }: StepFacts): string | undefined =>
  claim.known ? claim.value?.metadata.annotations?.[restoreAnnotations.replicationClass] : undefined;

/** Why the class will not be there when the volume is to be promoted; undefined where it is, or is brought, or nobody can tell yet. */
const classLacking = (it: VolumeNow, now: GroupNow): Obstacle | undefined => {
  const name = classNameFor(it, now);
  const { site, view, isWithoutClasses } = now.sites.target;
  if (isWithoutClasses === true)
    return {
      code: 'DR106',
      message: `${site.name} does not serve VolumeReplicationClasses, and no volume is promoted there without one: install the CRDs first`,
      next: `kubectl dr check -n ${shellWord(it.volume.target.namespace)} ${drFlags(site)}`.trimEnd(),
    };
  if (name === undefined || now.brought.replicationClasses.has(name)) return undefined;
  const found = readingOf(() => knownValue(view).replicationClass(name));
  if (!found.known || found.value !== undefined) return undefined;
  const source = now.sites.source.site;
  return {
    code: 'DR106',
    message: `VolumeReplicationClass ${name}, by which claim ${claimKeyText(it.volume.target)} is to be promoted, is not on ${site.name}, and nothing brings it: make it there, or name another one with --class`,
    next: `${(it.source.known ? source : site).kubectl} get vrc${it.source.known ? ` ${shellWord(name)} -o yaml` : ''}`,
  };
};

const ofPromote = (it: VolumeNow, now: GroupNow): readonly Block[] => {
  if (!it.target.known) return [];
  const decision = decidePromote(it.target.value, promoteOptions(now, it.volume));
  if (decision.kind !== 'refuse') return [];
  return refusalsOf(decision, { site: 'target', object: claimObject(it.volume, 'target') }).filter(
    ({ obstacle }) => staysSo.includes(obstacle.code),
  );
};

const lookAt = (it: VolumeNow, now: GroupNow): readonly Block[] => {
  if (it.isThrough || !it.target.known) return [];
  const lacking = classLacking(it, now);
  const object = claimObject(it.volume, 'target');
  if (lacking !== undefined) return [{ site: 'target', object, obstacle: lacking, isRule: true }];
  // What is brought along is judged once it is there: until then it reads as missing.
  const isBrought = now.brought.replicationClasses.has(classNameFor(it, now) ?? '');
  return ofPromote(it, now).filter(({ obstacle }) => !(isBrought && obstacle.code === 'DR106'));
};

/** What stands against the promote on the target, found before anything is taken down. */
export const unpromotableLater = (now: GroupNow): readonly Block[] =>
  now.verb === 'undo' ? [] : now.volumes.flatMap((it) => lookAt(it, now));
