import { meetsSelector, selectorText } from '../model/node-selector.ts';
import { readingOf } from '../model/reading-of.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { drCommand } from '../status/dr-command.ts';
import { harmWithout } from '../workload/needs-of-template.ts';
import { type CheckFacts, peerOf, type SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { furtherList } from './further-list.ts';
import { onEachSite } from './on-each.ts';
import { type NodeNeed, needsOfPods, nodesForPods, type PodNeed } from './pod-needs.ts';

/** Workloads bring these along from a backup that was told to take them; nothing brings the others. */
const broughtWith: Readonly<Record<string, string>> = {
  ServiceAccount: '--include-workloads',
  ConfigMap: '--include-workloads',
  Secret: '--include-workloads --include-secrets',
};

const isThere = (facts: CheckFacts, target: SiteFacts, { list, namespace, name }: PodNeed): boolean =>
  furtherList(facts, target, list).some(
    ({ metadata }) => metadata.name === name && (namespace === undefined || metadata.namespace === namespace),
  );

const lacking = (need: PodNeed, from: SiteFacts, target: SiteFacts): Seen => {
  const { list, kind, namespace, name, pod, claim } = need;
  const flags = broughtWith[kind];
  const options = from.site.kubectl.replace(/^kubectl */, '');
  const next =
    flags === undefined
      ? // A server refuses to create what has the resourceVersion of another one.
        `${from.site.kubectl} get ${kind.toLowerCase()} ${shellWord(name)} -o yaml | sed /resourceVersion:/d | ${target.site.kubectl} create -f -`
      : `${drCommand(from.site, 'backup', claim)} ${flags} -d - | kubectl dr restore - --to ${shellWord(target.site.context)} ${options}`.trimEnd();
  return finding('DR432', flags === undefined ? 'error' : 'warning', {
    site: target,
    object: { kind, namespace, name },
    message: `is not there, and pod ${claim.namespace}/${pod} of ${from.site.name}, which mounts protected claim ${claim.name}, needs it: ${harmWithout[list]}`,
    next,
  });
};

const ofNodes = (facts: CheckFacts, from: SiteFacts, target: SiteFacts) => {
  const judge = ({ pod, claim, selector }: NodeNeed): readonly Seen[] => {
    if (furtherList(facts, target, 'nodes').some((node) => meetsSelector(node, selector))) return [];
    return [
      finding('DR433', 'error', {
        site: target,
        object: { kind: 'Pod', namespace: claim.namespace, name: pod },
        message: oneLine(
          `could run on no node here, as it does on ${from.site.name} with protected claim ${claim.name}: it wants ${selectorText(selector)}, and would stay Pending`,
          600,
        ),
        next: `${target.site.kubectl} get nodes --show-labels`,
      }),
    ];
  };
  return nodesForPods(from, facts.volumes).flatMap(judge);
};

const ofSite = (facts: CheckFacts, from: SiteFacts): readonly Seen[] => {
  const target = peerOf(facts, from);
  if (target === undefined) return [];
  return needsOfPods(from, facts.volumes).flatMap((need): readonly Seen[] => {
    // A kind that may not be listed leaves the others to be looked at.
    const there = readingOf(() => isThere(facts, target, need));
    if (!there.known) return [{ unknown: there.why }];
    return there.value ? [] : [lacking(need, from, target)];
  });
};

/** DR432. What the pods name beside their claims, which no storage mirrors. */
export const needsOfPodsThere: Check = {
  name: 'NeedsOfPods',
  codes: ['DR432'],
  look: (facts) => onEachSite(facts, (site) => ofSite(facts, site)),
};

/** DR433. Labels of nodes are of one cluster. */
export const nodesForPodsThere: Check = {
  name: 'NodesForPods',
  codes: ['DR433'],
  look: (facts) =>
    onEachSite(facts, (site) => {
      const target = peerOf(facts, site);
      return target === undefined ? [] : ofNodes(facts, site, target);
    }),
};
