import type { RuleCode } from '../rules/rule-code.ts';
import { actingControllers } from './acting-controllers.ts';
import { applicationsSplit } from './applications-split.ts';
import { autoResync } from './auto-resync.ts';
import { claimsOfStatefulSets } from './claims-of-stateful-sets.ts';
import { claimsTerminating } from './claims-terminating.ts';
import { clocks } from './clocks.ts';
import { consents } from './consents.ts';
import { definitionsLacking } from './definitions-lacking.ts';
import { driversMissing } from './drivers-missing.ts';
import type { CheckFacts } from './facts.ts';
import { failoverObjects } from './failover-objects.ts';
import { type Check, type CheckFinding, type FindingLevel, isGap } from './finding.ts';
import { guardInForce } from './guard-in-force.ts';
import { managedReplications } from './managed-replications.ts';
import { needsOfPodsThere, nodesForPodsThere } from './needs-of-pods.ts';
import { noPeer } from './no-peer.ts';
import { nodeAffinity } from './node-affinity.ts';
import { otherHandles } from './other-handles.ts';
import { otherVolumes } from './other-volumes.ts';
import { reclaimPolicies } from './reclaim-policies.ts';
import {
  classesOfBothSites,
  classesThatFit,
  classParameters,
  classSchedules,
} from './replication-classes.ts';
import { restoreConflicts } from './restore-conflicts.ts';
import { shadowedCommands } from './shadowed-commands.ts';
import { siteUnreadable } from './site-unreadable.ts';
import { sourcesOfClones } from './sources-of-clones.ts';
import { storageClasses } from './storage-classes.ts';
import { stuckDeletions } from './stuck-deletions.ts';
import { unprotectedNeighbours } from './unprotected-neighbours.ts';
import { unprotectedSiblings } from './unprotected-siblings.ts';
import { verdicts } from './verdicts.ts';
import { volumeSizes } from './volume-sizes.ts';
import { webhookCertificates } from './webhook-certificates.ts';

/** Every check there is, in the order of what is printed within a level: from the sites to the single volume. */
export const checks: readonly Check[] = [
  siteUnreadable, // whatever was not read, nothing below knows
  noPeer,
  definitionsLacking,
  actingControllers,
  verdicts, // the volumes as status shows them
  failoverObjects,
  applicationsSplit,
  reclaimPolicies,
  otherVolumes,
  otherHandles,
  claimsOfStatefulSets,
  sourcesOfClones,
  claimsTerminating,
  stuckDeletions,
  classesThatFit,
  classesOfBothSites,
  classParameters,
  classSchedules,
  storageClasses,
  driversMissing,
  restoreConflicts,
  nodeAffinity,
  needsOfPodsThere,
  nodesForPodsThere,
  unprotectedSiblings,
  unprotectedNeighbours,
  volumeSizes,
  managedReplications,
  autoResync,
  consents,
  guardInForce,
  webhookCertificates,
  clocks,
  shadowedCommands,
];

/** What became of one check. */
export type CheckRun = {
  readonly name: string;
  readonly codes: readonly RuleCode[];
  readonly findings: number;
  /** What it could not see, each once; empty where it saw everything. */
  readonly unknown: readonly string[];
};

/** What all checks found, the worst first, and what became of each. */
export type CheckResult = { readonly findings: readonly CheckFinding[]; readonly runs: readonly CheckRun[] };

const severity: Readonly<Record<FindingLevel, number>> = { error: 0, warning: 1, info: 2 };

/** Makes every check. Pure: the same facts always give the same findings. */
export const runChecks = (facts: CheckFacts): CheckResult => {
  const made = checks.map(({ name, codes, look }) => {
    const seen = look(facts);
    const findings = seen.filter((it): it is CheckFinding => !isGap(it));
    const unknown = [...new Set(seen.flatMap((it) => (isGap(it) ? it.unknown : [])))];
    return { name, codes, findings, unknown };
  });
  return {
    findings: made
      .flatMap(({ findings }) => findings)
      .toSorted((a, b) => severity[a.level] - severity[b.level]),
    runs: made.map(({ findings, ...run }) => ({ ...run, findings: findings.length })),
  };
};
