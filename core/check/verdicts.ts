import type { RuleCode } from '../rules/rule-code.ts';
import type { VolumeStatus } from '../status/assess.ts';
import type { VerdictLevel } from '../status/verdict.ts';
import type { CheckFacts } from './facts.ts';
import { type Check, type CheckFinding, type FindingLevel, finding, type Seen } from './finding.ts';
import { firstOf } from './on-each.ts';

/** Facts that have a code of their own since they can also be found elsewhere. */
const codes: Readonly<Record<string, RuleCode>> = {
  SeveralReplications: 'DR105',
  AnotherVolume: 'DR426',
  FirstSyncPending: 'DR113',
  NoLongerFollowed: 'DR113',
  SyncLate: 'DR303',
};

/** A move would be refused or lose something just now, though nothing is wrong. */
const warnedOf: readonly string[] = ['FirstSyncPending', 'NoLongerFollowed'];

/** What is said once about the site, or the pair, is not said again about each volume. */
const saidElsewhere: readonly string[] = ['SiteUnreadable', 'NoPeer'];

/** Protected, with something to do all the same: a check of its own finds that whatever the verdict is. */
const foundBeside = 'ReplicatingNoBackup';

const levels: Readonly<Record<Exclude<VerdictLevel, 'ok'>, FindingLevel>> = {
  info: 'info',
  warning: 'warning',
  error: 'error',
};

const levelOf = ({ level, reason }: VolumeStatus['verdict']): FindingLevel =>
  level === 'ok' || (level === 'info' && warnedOf.includes(reason)) ? 'warning' : levels[level];

const isSaidElsewhere = ({ verdict }: VolumeStatus): boolean => saidElsewhere.includes(verdict.reason);

const withoutVerdict = (volumes: readonly VolumeStatus[]): readonly Seen[] => {
  const claims = volumes.filter(isSaidElsewhere).map((it) => `${it.namespace}/${it.claimName}`);
  return claims.length === 0
    ? []
    : [{ unknown: `the verdict of claim ${firstOf(claims)}: half of the pair is missing` }];
};

const ofVolume = (volume: VolumeStatus): readonly Seen[] => {
  const { namespace, claimName, verdict } = volume;
  if (verdict.level === 'ok' || verdict.reason === foundBeside || isSaidElsewhere(volume)) return [];
  const said: CheckFinding = finding(codes[verdict.reason] ?? 'DR411', levelOf(verdict), {
    object: { kind: 'PersistentVolumeClaim', namespace, name: claimName },
    message: `${verdict.name}: ${verdict.message}`,
    next: verdict.next,
  });
  return [said];
};

/** DR411, DR105, DR113, DR303 and DR426. The verdict of each volume, as `kubectl dr status` gives it. */
export const verdicts: Check = {
  name: 'Verdicts',
  codes: ['DR105', 'DR113', 'DR303', 'DR411', 'DR426'],
  look: ({ volumes }: CheckFacts) => [...volumes.flatMap(ofVolume), ...withoutVerdict(volumes)],
};
