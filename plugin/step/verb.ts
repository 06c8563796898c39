import { backupRecordOf } from '../../core/backup/backup-record.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import type { ListedSite } from '../../core/protection/view-lists.ts';
import { drCommand } from '../../core/status/dr-command.ts';
import { isUnknownToDriver, type RoleReading } from '../../core/status/role.ts';
import { scheduleOf } from '../../core/status/schedule.ts';
import { decideDemote } from '../../core/step/decide-demote.ts';
import { decidePromote } from '../../core/step/decide-promote.ts';
import { decideProtect } from '../../core/step/decide-protect.ts';
import { decideResync } from '../../core/step/decide-resync.ts';
import { decideUnprotect } from '../../core/step/decide-unprotect.ts';
import type { Decision, StepWrite } from '../../core/step/decision.ts';
import {
  isDemoted,
  isGone,
  isPromoted,
  isProtected,
  isResynced,
  type Progress,
} from '../../core/step/reached.ts';
import { madeAnewMark, settledDemotion } from '../../core/step/stale-mark.ts';
import { roleOf, type StepFacts } from '../../core/step/step-facts.ts';

/** What is waited for, and what is written then. */
export type Stage = {
  readonly reached: (replication: VolumeReplication | undefined) => Progress;
  /** Written once it is reached; the next stage waits for what comes of that. */
  readonly afterwards?: (replication: VolumeReplication, now: number) => StepWrite;
};

/** What a step is decided by, beside what both sites show. */
export type DecideOptions = {
  /** `--class`. */
  readonly className: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The site that this one may be primary beside. */
  readonly besidePrimary?: string | undefined;
  /** It was said beforehand that any loss is accepted. */
  readonly acceptsLoss: boolean;
};

/** Something that a step does not end: one clause, and what ends it. */
export type Left = { readonly message: string; readonly next: string };

/** One of the single steps: how it is decided, what is waited for, and how it is told. */
export type Verb = {
  readonly name: 'protect' | 'unprotect' | 'promote' | 'demote' | 'resync';
  readonly decide: (facts: StepFacts, options: DecideOptions) => Decision;
  readonly stages: (facts: StepFacts) => readonly Stage[];
  /** `promoted`, as the result says it. */
  readonly done: string;
  /** What is left on the other site when it is done; undefined where nothing is. */
  readonly leaves?: (facts: StepFacts) => Left | undefined;
  /** What is to be done next, once it is done or was done before; undefined where nothing is. */
  readonly leadsTo?: (facts: StepFacts) => Left | undefined;
  /** Whether pods and attachments matter to it. */
  readonly needsUsers: boolean;
  /** What happens to the site whose name is typed. */
  readonly consequence: string;
};

/** Whether a class sends anything by itself; of one that is not known, it is assumed. */
const hasSchedule =
  (site: ListedSite) =>
  (className: string): boolean => {
    const found = site.replicationClass(className);
    const schedule = found && scheduleOf(found);
    return schedule?.known !== true || schedule.value.kind !== 'none';
  };

/** That of the primary was ended, or may have been: the other side is demoted, and waits for nobody. */
const endsPrimary = (own: RoleReading, there: RoleReading): boolean =>
  own.role === 'primary' ||
  (own.role === 'unknown' && there.wants !== 'primary' && ['secondary', 'resyncing'].includes(there.role));

/** How the volume is replicated to the site again whose protection was ended beside one that keeps its own. */
const toReplicateAgain = (own: RoleReading, here: string): string => {
  if (own.role === 'primary')
    return `the copy on ${here} was primary, too, and follows nobody: if nothing needs it, delete claim, PV and image there before the volume is brought there again`;
  return isUnknownToDriver(own)
    ? `to replicate to ${here} again, delete claim and PV there, and restore the volume under the handle that its driver knows`
    : `a move to ${here} creates one there again`;
};

/** What the other site has left, where it was no primary that was ended. */
const keptThere = (
  own: RoleReading,
  there: RoleReading,
  { here, other }: { here: string; other: string },
) => {
  const again = toReplicateAgain(own, here);
  return there.role === 'primary'
    ? `${other} stays primary, and ${here} has no VolumeReplication of the volume any more: ${again}`
    : `${other} keeps its VolumeReplication, and ${here} has none any more: ${again}`;
};

/** The other site's object is ended as well where it would only tell of a copy that nobody mirrors any more: never that of the good primary. */
const leftByUnprotect = ({ role, here, there, peer, key }: StepFacts): Left | undefined => {
  if (there === undefined || peer.replication?.kind !== 'VolumeReplication') return undefined;
  const { metadata, spec } = peer.replication.object;
  const { namespace = key.namespace, name = '' } = metadata;
  const claimThere = { namespace, name: spec.dataSource.name };
  const roleThere = roleOf(peer.replication);
  if (roleThere.role === 'primary' || !endsPrimary(role, roleThere))
    return {
      message: keptThere(role, roleThere, { here: here.name, other: there.name }),
      next: drCommand(there, 'status', claimThere),
    };
  return {
    message: `VolumeReplication ${namespace}/${name} of ${there.name} is left, and nothing is mirrored to or from it any more: end it as well`,
    next: drCommand(there, 'unprotect', claimThere),
  };
};

/** Storage mirrors the bytes alone: what the copy belongs to, the other site learns from a backup, or has its own claim. */
const toBeBackedUp = ({ here, there, peer, protectors, key }: StepFacts): Left | undefined => {
  const own = protectors.known ? protectors.value[0] : undefined;
  if (peer.hasClaim || (own !== undefined && backupRecordOf(own.object) !== undefined)) return undefined;
  const fact =
    there === undefined || peer.hasClaim === undefined
      ? 'no backup is on record'
      : `${there.name} has no claim for it, and no backup is on record`;
  return {
    message: `${fact}: without one nobody can fail it over once ${here.name} is lost`,
    next: drCommand(here, 'backup', key),
  };
};

/** The steps by name. */
export const verbs = {
  protect: {
    name: 'protect',
    decide: decideProtect,
    stages: ({ site }) => [{ reached: isProtected(hasSchedule(site)) }],
    done: 'protected',
    leadsTo: toBeBackedUp,
    needsUsers: false,
    consequence: '',
  },
  unprotect: {
    name: 'unprotect',
    decide: (facts) => decideUnprotect(facts),
    stages: () => [{ reached: isGone }],
    done: 'unprotected',
    leaves: leftByUnprotect,
    needsUsers: false,
    consequence: 'stops mirroring',
  },
  promote: {
    name: 'promote',
    decide: decidePromote,
    stages: () => [{ reached: isPromoted }],
    done: 'promoted',
    needsUsers: false,
    consequence: 'becomes primary by force',
  },
  demote: {
    name: 'demote',
    decide: decideDemote,
    stages: () => [{ reached: isDemoted }],
    done: 'demoted',
    needsUsers: true,
    consequence: 'is demoted before the other site has followed it',
  },
  resync: {
    name: 'resync',
    decide: decideResync,
    // A replica that is through is an ordinary secondary again: left at resync, it would be asked to throw its copy away once more.
    stages: (facts) => [
      {
        reached: isResynced,
        afterwards: (before, now) => ({
          kind: 'ask',
          before,
          replicationState: 'secondary',
          annotations: madeAnewMark(facts),
          demotion: settledDemotion(now),
        }),
      },
      { reached: isDemoted },
    ],
    done: 'resynced',
    needsUsers: true,
    consequence: 'throws its copy away',
  },
} as const satisfies Record<string, Verb>;
