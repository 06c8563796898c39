import type { PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { knownValue } from '../model/reading-of.ts';
import { protectorsOf } from '../protection/protectors.ts';
import { drCommand } from '../status/dr-command.ts';
import type { SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSiteOfVolumes, type ProtectedSide } from './on-each.ts';
import { mountedBeside } from './unprotected-siblings.ts';

/** What charts and operators call one installed application by. */
const applicationLabels = ['app.kubernetes.io/instance', 'app.kubernetes.io/name', 'app'];

/** Claims of one template of a StatefulSet are called alike but for the number of the pod. */
const templateOf = (name: string): string | undefined => /^(.+)-\d+$/.exec(name)?.[1];

const applicationsOf = ({ metadata: { labels = {}, name = '' } }: PersistentVolumeClaim): string[] => {
  const [label] = applicationLabels.filter((it) => labels[it]);
  const template = templateOf(name);
  return [
    ...(label === undefined ? [] : [`${label}=${labels[label]}`]),
    ...(template === undefined ? [] : [`template ${template}`]),
  ];
};

/** One that a pod made for itself, or that is on its way out, is nobody's to protect. */
const isToBeProtected = ({ metadata, status }: PersistentVolumeClaim): boolean =>
  status?.phase === 'Bound' &&
  metadata.deletionTimestamp === undefined &&
  !(metadata.ownerReferences ?? []).some(({ kind }) => kind === 'Pod');

const isProtected = (site: SiteFacts, claim: PersistentVolumeClaim): boolean => {
  const { namespace = '', name = '' } = claim.metadata;
  return knownValue(protectorsOf(site.view, { namespace, name }, claim)).length > 0;
};

const named = (claims: readonly PersistentVolumeClaim[]): string => {
  const names = claims.map(({ metadata }) => metadata.name ?? '');
  const more = names.length - 3;
  return more > 0 ? `${names.slice(0, 3).join(', ')} and ${more} more` : names.join(', ');
};

const ofNamespace = (
  site: SiteFacts,
  namespace: string,
  sides: readonly ProtectedSide[],
): readonly Seen[] => {
  const own = new Set(sides.map(({ volume }) => volume.claimName));
  const claims = knownValue(knownValue(site.objects).claims).filter(
    ({ metadata }) => metadata.namespace === namespace,
  );
  const beside = mountedBeside(site, new Set([...own].map((name) => `${namespace}/${name}`)));
  const bare = claims.filter(
    (claim) =>
      isToBeProtected(claim) &&
      !beside.has(`${namespace}/${claim.metadata.name}`) &&
      !isProtected(site, claim),
  );
  const apps = new Set(claims.filter(({ metadata }) => own.has(metadata.name ?? '')).flatMap(applicationsOf));
  const ofApplication = bare.filter((claim) => applicationsOf(claim).some((app) => apps.has(app)));
  const shown = ofApplication.length > 0 ? ofApplication : bare;
  const [first] = shown;
  if (first === undefined) return [];
  const isPart = ofApplication.length > 0;
  const what = isPart
    ? 'belong to the application of protected ones, by their labels or names'
    : `are in a namespace where ${own.size === 1 ? 'another one is' : `${own.size} others are`} protected`;
  return [
    finding('DR435', isPart ? 'warning' : 'info', {
      site,
      object: { kind: 'Namespace', name: namespace },
      message: `claims that nothing protects (${named(shown)}) ${what}: what they hold stays behind when ${site.site.name} is lost`,
      next: drCommand(site.site, 'protect', { namespace, name: first.metadata.name ?? '' }),
    }),
  ];
};

const ofSite = (site: SiteFacts, sides: readonly ProtectedSide[]): readonly Seen[] => {
  // What is beside a replica is the other site's to protect.
  const primaries = sides.filter(({ replication }) => replication.wants === 'primary');
  const byNamespace = Map.groupBy(primaries, ({ volume }) => volume.namespace);
  return [...byNamespace].flatMap(([namespace, own]) => ofNamespace(site, namespace, own));
};

/** DR435. What was added to an application after it was protected: no pod needs to mount it beside a protected one. */
export const unprotectedNeighbours: Check = {
  name: 'UnprotectedNeighbours',
  codes: ['DR435'],
  look: (facts) => onEachSiteOfVolumes(facts, ofSite),
};
