import { type Resource, resources } from '../../model/resource.ts';

/** The kinds that make pods. */
export const workloadResources: readonly Resource[] = [
  resources.deployments,
  resources.statefulSets,
  resources.daemonSets,
  resources.replicaSets,
  resources.jobs,
  resources.cronJobs,
];

/** The kinds that pods need to start, apart from Secrets, which are taken only where somebody asks for them. */
export const companionResources: readonly Resource[] = [
  resources.configMaps,
  resources.serviceAccounts,
  resources.services,
];
