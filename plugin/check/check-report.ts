import type { CheckFacts } from '../../core/check/facts.ts';
import type { CheckFinding, FindingLevel } from '../../core/check/finding.ts';
import type { CheckResult, CheckRun } from '../../core/check/run-checks.ts';
import { formatTime } from '../../core/model/condition.ts';

const findingReport = ({ code, level, site, object, message, next }: CheckFinding) => ({
  code,
  level,
  site: site?.name ?? null,
  object:
    object === undefined
      ? null
      : { kind: object.kind, namespace: object.namespace ?? null, name: object.name },
  message,
  nextCommand: next ?? null,
});

const runReport = ({ name, codes, findings, unknown }: CheckRun) => ({
  name,
  codes,
  complete: unknown.length === 0,
  findings,
  unknown,
});

/**
 * What `-o json` and `-o yaml` print. Names are stable, null stands for nothing or nobody. A check that is not `complete` could not see
 * everything, and `unknown` says what.
 */
export const checkReport = ({ sites, volumes, now }: CheckFacts, { findings, runs }: CheckResult) => {
  const count = (level: FindingLevel) => findings.filter((found) => found.level === level).length;
  return {
    apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
    kind: 'CheckReport',
    generatedAt: formatTime(now),
    sites: sites.map(({ site, objects }) => ({
      name: site.name,
      context: site.context,
      readable: objects.known,
      message: objects.known ? null : objects.why,
    })),
    summary: {
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      checks: runs.length,
      incompleteChecks: runs.filter(({ unknown }) => unknown.length > 0).length,
      claims: volumes.length,
    },
    findings: findings.map(findingReport),
    checks: runs.map(runReport),
  };
};
