import type { GuardCode } from '../rules/rule-code.ts';
import type { Finding } from '../rules/verdict.ts';
import { drFlags } from '../status/dr-command.ts';
import type { SiteName } from '../status/snapshot.ts';
import type { Decision, Obstacle } from './decision.ts';

/** `kubectl` that names no cluster; `kubectl dr` takes its flags behind the command. */
const kubectlHere = /\bkubectl (?!dr\b|--context\b|--kubeconfig\b)/g;
const drStatus = /\bkubectl dr status\b/g;

/** The rules' commands are for the cluster they judge; a person at two clusters is told which one that is. */
export const forSite = (message: string, site: SiteName): string =>
  message
    .replaceAll(kubectlHere, `${site.kubectl} `)
    .replaceAll(drStatus, `kubectl dr status ${drFlags(site)}`.trimEnd());

/** What safety rules found, as what stands against a step on a site. */
export const ruleObstacles = (findings: readonly Finding<GuardCode>[], here: SiteName): readonly Obstacle[] =>
  findings.map(({ code, message }) => ({ code, message: forSite(message, here) }));

/** A step that safety rules stand against. */
export const refusedByRules = (
  findings: readonly Finding<GuardCode>[],
  here: SiteName,
): Extract<Decision, { kind: 'refuse' }> => ({
  kind: 'refuse',
  isRule: true,
  obstacles: ruleObstacles(findings, here),
});
