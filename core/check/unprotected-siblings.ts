import { claimsOfPod, type Pod } from '../model/pod.ts';
import { knownValue } from '../model/reading-of.ts';
import { protectorsOf } from '../protection/protectors.ts';
import { drCommand } from '../status/dr-command.ts';
import type { SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSiteOfVolumes, type ProtectedSide } from './on-each.ts';

type Sibling = {
  readonly namespace: string;
  readonly name: string;
  readonly pod: string;
  readonly beside: string;
};

const isProtected = (site: SiteFacts, namespace: string, name: string): boolean => {
  const key = { namespace, name };
  return knownValue(protectorsOf(site.view, key, site.view.claim(key))).length > 0;
};

/** Claims that pods mount beside protected ones, as `namespace/name`; none where pods were not read. */
export const mountedBeside = (site: SiteFacts, protectedKeys: ReadonlySet<string>): ReadonlySet<string> => {
  const pods = site.pods.known ? site.pods.value : [];
  const mounted = pods.map((pod) => claimsOfPod(pod).map((name) => `${pod.metadata.namespace}/${name}`));
  return new Set(mounted.filter((keys) => keys.some((key) => protectedKeys.has(key))).flat());
};

/** Claims that a pod mounts beside one of those that were asked for, and that nothing protects. */
const siblingsIn = (pod: Pod, site: SiteFacts, asked: ReadonlySet<string>): Sibling[] => {
  const { namespace = '', name: podName = '' } = pod.metadata;
  const mounted = claimsOfPod(pod);
  const beside = mounted.find((name) => asked.has(`${namespace}/${name}`));
  if (beside === undefined) return [];
  return mounted
    .filter((name) => !isProtected(site, namespace, name))
    .map((name) => ({ namespace, name, pod: podName, beside }));
};

const ofSite = (site: SiteFacts, sides: readonly ProtectedSide[]): readonly Seen[] => {
  const asked = new Set(sides.map(({ volume }) => `${volume.namespace}/${volume.claimName}`));
  if (asked.size === 0) return [];
  const siblings = knownValue(site.pods).flatMap((pod) => siblingsIn(pod, site, asked));
  const once = new Map(siblings.map((sibling) => [`${sibling.namespace}/${sibling.name}`, sibling]));
  return [...once.values()].map(({ namespace, name, pod, beside }) =>
    finding('DR406', 'warning', {
      site,
      object: { kind: 'PersistentVolumeClaim', namespace, name },
      message: `is not protected, and pod ${pod} mounts it beside ${beside}, which is: the application comes up without it on the other site`,
      next: drCommand(site.site, 'protect', { namespace, name }),
    }),
  );
};

/** DR406. A claim that was added later is noticed on the day of the disaster. */
export const unprotectedSiblings: Check = {
  name: 'UnprotectedSiblings',
  codes: ['DR406'],
  look: (facts) => onEachSiteOfVolumes(facts, ofSite),
};
