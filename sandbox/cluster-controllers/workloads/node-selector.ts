import { meetsSelector, type NodeSelector } from '../../../core/model/node-selector.ts';

/** A node as selectors see it. */
export type SelectableNode = { name: string; labels: Readonly<Record<string, string>> };

/** Whether a node may be used. As in Kubernetes: no selector is met by all. */
export const nodeMeets = (selector: NodeSelector | undefined, { name, labels }: SelectableNode): boolean =>
  selector === undefined || meetsSelector({ metadata: { name, labels } }, selector);
