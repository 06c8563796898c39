import { meetsSelector, nodeAffinityOf, selectorText } from '../model/node-selector.ts';
import { oneLine } from '../rules/one-line.ts';
import type { Target } from './target.ts';
import type { WantedVolume } from './wanted.ts';

const warningOf = ({ volume }: WantedVolume, { nodes, site }: Pick<Target, 'nodes' | 'site'>): string[] => {
  const selector = nodeAffinityOf(volume);
  if (selector === undefined) return [];
  const about = `PV ${volume.metadata.name}`;
  if (!nodes.known)
    return [`whether a node of ${site.name} meets the node affinity of ${about} is unknown: ${nodes.why}`];
  if (nodes.value.some((node) => meetsSelector(node, selector))) return [];
  return [
    `DR430: ${about} has a node affinity that no node of ${site.name} meets (${selectorText(selector)}): pods that mount it there stay Pending, and the field cannot be changed once the PV is there`,
  ];
};

/** A provisioner notes the topology of its own site, which the other one does not have: one sentence for each such PV. */
export const nodeWarnings = (
  volumes: readonly WantedVolume[],
  target: Pick<Target, 'nodes' | 'site'>,
): readonly string[] =>
  volumes.flatMap((wanted) => warningOf(wanted, target).map((text) => oneLine(text, 600)));
