import type { Kind } from '../kind.ts';
import { accessKinds } from './access-rules.ts';
import { autoscalers } from './autoscalers.ts';
import { configMaps } from './config-maps.ts';
import { controllerRevisions } from './controller-revisions.ts';
import { cronJobs } from './cron-jobs.ts';
import { customResourceDefinitions } from './custom-resource-definitions.ts';
import { daemonSets } from './daemon-sets.ts';
import { deployments } from './deployments.ts';
import { disruptionBudgets } from './disruption-budgets.ts';
import { events, newerEvents } from './event-records.ts';
import { jobs } from './jobs.ts';
import { leases } from './leases.ts';
import { namespaces } from './namespaces.ts';
import { nodes } from './nodes.ts';
import { persistentVolumeClaims } from './persistent-volume-claims.ts';
import { persistentVolumes } from './persistent-volumes.ts';
import { pods } from './pods.ts';
import { priorityClasses } from './priority-classes.ts';
import { replicaSets } from './replica-sets.ts';
import { secrets } from './secrets.ts';
import { serviceAccounts } from './service-accounts.ts';
import { endpoints, services } from './services.ts';
import { statefulSets } from './stateful-sets.ts';
import { storageClasses } from './storage-classes.ts';
import { csiDrivers, csiNodes } from './storage-drivers.ts';
import { volumeAttachments } from './volume-attachments.ts';
import { volumeAttributesClasses } from './volume-attributes-classes.ts';
import { webhookConfigurationKinds } from './webhook-configurations.ts';

/** The kinds that are served before any CustomResourceDefinition is made, in the order of discovery. */
export const builtInKinds: readonly Kind[] = [
  configMaps,
  endpoints,
  events,
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  secrets,
  serviceAccounts,
  services,
  controllerRevisions,
  daemonSets,
  deployments,
  replicaSets,
  statefulSets,
  newerEvents,
  autoscalers,
  cronJobs,
  jobs,
  disruptionBudgets,
  ...accessKinds,
  csiDrivers,
  csiNodes,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
  ...webhookConfigurationKinds,
  customResourceDefinitions,
  priorityClasses,
  leases,
];
