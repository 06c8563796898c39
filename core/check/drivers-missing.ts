import { knownValue } from '../model/reading-of.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

const registeredOn = (site: SiteFacts): ReadonlySet<string> =>
  new Set([
    ...knownValue(site.csiDrivers).map(({ metadata }) => metadata.name ?? ''),
    ...knownValue(site.csiNodes).flatMap(({ spec }) => spec?.drivers?.map(({ name }) => name) ?? []),
  ]);

/** The drivers of the volumes that were asked for, and of the classes by which volumes could be protected. */
const neededOn = (site: SiteFacts, { volumes }: CheckFacts): ReadonlySet<string> =>
  new Set([
    ...volumes.flatMap(({ identity }) => identity?.driver ?? []),
    ...site.view.replicationClasses().map(({ spec }) => spec.provisioner),
  ]);

const ofSite = (facts: CheckFacts, site: SiteFacts): readonly Seen[] => {
  const [registered, needed] = [registeredOn(site), neededOn(site, facts)];
  if (needed.size > 0 && registered.size === 0)
    // Nothing registers drivers there: no kubelet runs, as in a sandbox.
    return [{ unknown: `no CSI driver is registered on ${site.site.name} at all` }];
  return [...needed]
    .filter((driver) => !registered.has(driver))
    .map((driver) =>
      finding('DR405', 'error', {
        site,
        object: { kind: 'CSIDriver', name: driver },
        message:
          'is not registered: no CSIDriver is called so, and no CSINode lists it; its volumes cannot be mounted here',
        next: `${site.site.kubectl} get csidrivers,csinodes`,
      }),
    );
};

/** DR405. A volume that moves to a site without its driver is never mounted there. */
export const driversMissing: Check = {
  name: 'CSIDrivers',
  codes: ['DR405'],
  look: (facts) => onEachSite(facts, (site) => ofSite(facts, site)),
};
