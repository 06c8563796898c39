import { isBuiltInOwner } from '../../backup/workloads/pod-owners.ts';
import { controllerOf } from '../../model/controller-of.ts';
import { oneLine } from '../../rules/one-line.ts';
import type { Manager } from '../workload.ts';
import type { Managed } from './managed.ts';

/** The object of a custom kind that a workload was made for: its operator keeps the workload as it wants it. */
export const operatorOf = ({ object }: Managed): Manager[] => {
  const owner = controllerOf(object);
  if (owner === undefined || isBuiltInOwner(owner)) return [];
  return [
    {
      name: oneLine(`${owner.kind} ${owner.name}`),
      kind: 'operator',
      warning: 'its operator may start it again: have the operator stop it, or pause the operator first',
      pause: undefined,
    },
  ];
};
