import { resources } from '../../model/resource.ts';
import type { ChosenObjects, RawObject } from '../choose-objects.ts';
import { chooseSecrets } from './choose-secrets.ts';
import { claimsMountedBy } from './claims-of-workload.ts';
import { type NamespaceObjects, objectsOf, unreadableKinds } from './namespace-objects.ts';
import { warnOfPodOwners } from './pod-owners.ts';
import { configMapsOf, type PodTemplate, type Reference, serviceAccountOf } from './pod-template.ts';
import { refer, referencesIn } from './refer.ts';
import { servicesOf } from './services-of.ts';
import { whyLeftOut } from './why-left-out.ts';
import { companionResources, workloadResources } from './workload-resources.ts';

/** Made in every namespace by the cluster itself. */
const madeEverywhere = ['kube-root-ca.crt', 'openshift-service-ca.crt'];

const ownConfigMapsOf = (template: PodTemplate): Reference[] =>
  configMapsOf(template).filter(({ name }) => !madeEverywhere.includes(name));

const accountsOf = (template: PodTemplate): Reference[] => {
  const name = serviceAccountOf(template);
  return name === undefined ? [] : [{ name, isOptional: false }];
};

const mountingWorkloads = (here: NamespaceObjects): RawObject[] =>
  workloadResources.flatMap((resource) =>
    objectsOf(here, resource)
      .filter((object) => claimsMountedBy(object, here.claimNames).length > 0)
      .map((object) => ({ resource, object })),
  );

/**
 * The workloads of one namespace that mount its chosen claims, and what they need to start: ConfigMaps, ServiceAccounts, Services, and
 * Secrets where these were read. What somebody else makes, a built-in controller or an operator, is left out.
 */
export const chooseWorkloads = (here: NamespaceObjects): ChosenObjects => {
  const mounting = mountingWorkloads(here).map((workload) => ({ workload, why: whyLeftOut(workload, here) }));
  const workloads = mounting.filter(({ why }) => why === undefined).map(({ workload }) => workload);
  const configMaps = refer(here, resources.configMaps, referencesIn(workloads, ownConfigMapsOf));
  const accounts = refer(here, resources.serviceAccounts, referencesIn(workloads, accountsOf));
  const secrets = chooseSecrets(here, workloads, accounts.objects);
  const services = servicesOf(here, workloads);
  return {
    objects: [...configMaps.objects, ...secrets.objects, ...accounts.objects, ...services, ...workloads],
    missing: [
      ...unreadableKinds(here, workloadResources),
      ...(workloads.length === 0 ? [] : unreadableKinds(here, [...companionResources, resources.secrets])),
    ],
    warnings: [
      ...mounting.flatMap(({ why }) => why || []),
      ...warnOfPodOwners(here),
      ...[configMaps, secrets, accounts].flatMap(({ warnings }) => warnings),
    ],
  };
};
