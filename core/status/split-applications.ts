import { shellWord } from '../rules/guard/commands.ts';
import type { VolumeStatus } from './assess.ts';
import { drFlags } from './dr-command.ts';
import type { SideFacts } from './facts.ts';
import type { SiteName } from './snapshot.ts';
import { verdict } from './verdict.ts';

// An application whose volumes are primary on different sites runs on neither of them.

/** What runs on a site, or would, as far as it tells which claims belong together. */
export type Mounting = {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly claims: readonly string[];
  /** It asks for pods. */
  readonly isRunning: boolean;
};

/** What was read of one site. */
export type SiteMounting = { readonly site: SiteName; readonly workloads: readonly Mounting[] };

/** One application that is torn. */
export type SplitApplication = {
  /** `Deployment shop/web`. */
  readonly text: string;
  readonly workload: Mounting;
  /** Where it was found: where it runs, if that can be told. */
  readonly site: SiteName;
  readonly volumes: readonly VolumeStatus[];
  /** One sentence without a full stop. */
  readonly message: string;
  /** Brings all of its volumes to one side; nothing is lost by it. */
  readonly next: string;
};

type Placed = { readonly volume: VolumeStatus; readonly primary: SideFacts };

/** Volumes with one primary: of any other nobody can say which side it is on. */
const placed = (volumes: readonly VolumeStatus[]): Placed[] =>
  volumes.flatMap((volume) => {
    const primaries = volume.sides.filter(({ role }) => role.role === 'primary');
    const [primary] = primaries;
    return primary === undefined || primaries.length > 1 ? [] : [{ volume, primary }];
  });

const contextsOf = (of: readonly Placed[]): Set<string> =>
  new Set(of.map(({ primary }) => primary.site.context));

const claimOn = ({ volume }: Placed, { context }: SiteName): string => {
  const side = volume.sides.find(({ site }) => site.context === context)?.volume;
  return `${side?.namespace ?? volume.namespace}/${side?.claimName ?? volume.claimName}`;
};

/** Namespaces with primaries on both sites: only there can an application be torn, and only there is anything more to be read. */
export const namespacesOnBothSides = (volumes: readonly VolumeStatus[]): readonly string[] => {
  const byNamespace = Map.groupBy(placed(volumes), ({ volume }) => volume.namespace);
  return [...byNamespace].flatMap(([namespace, members]) =>
    contextsOf(members).size > 1 ? [namespace] : [],
  );
};

/** Where most of its volumes are. */
const mostOf = (members: readonly Placed[]): SiteName | undefined =>
  members.map(({ primary }) => primary.site).toSorted((a, b) => countOn(members, b) - countOn(members, a))[0];

const countOn = (members: readonly Placed[], { context }: SiteName): number =>
  members.filter(({ primary }) => primary.site.context === context).length;

const describe = (workload: Mounting, site: SiteName, members: readonly Placed[]): SplitApplication => {
  const { kind, namespace, name } = workload;
  const text = `${kind} ${namespace}/${name}`;
  const places = members.map(({ volume, primary }) => `${volume.claimName} on ${primary.site.name}`);
  const to = workload.isRunning ? site : (mostOf(members) ?? site);
  const names = members.map((member) => shellWord(claimOn(member, site).split('/')[1] ?? ''));
  const where = ` ${drFlags(site)}`.trimEnd();
  return {
    text,
    workload,
    site,
    volumes: members.map(({ volume }) => volume),
    message: `${text} mounts volumes that are primary on different sites (${places.join(', ')}): its pods can start on neither`,
    next: `kubectl dr relocate ${names.join(' ')} -n ${shellWord(namespace)} --to ${shellWord(to.name)}${where}`,
  };
};

const runningFirst = (a: SplitApplication, b: SplitApplication): number =>
  Number(b.workload.isRunning) - Number(a.workload.isRunning);

/** Applications that are torn over both sites, each once. */
export const splitApplications = (
  volumes: readonly VolumeStatus[],
  mounting: readonly SiteMounting[],
): readonly SplitApplication[] => {
  const all = placed(volumes);
  const found = mounting.flatMap(({ site, workloads }) =>
    workloads.flatMap((workload) => {
      const mounted = new Set(workload.claims.map((name) => `${workload.namespace}/${name}`));
      const members = all.filter((member) => mounted.has(claimOn(member, site)));
      return contextsOf(members).size > 1 ? [describe(workload, site, members)] : [];
    }),
  );
  const byText = Map.groupBy(found.toSorted(runningFirst), ({ text }) => text);
  return [...byText.values()].flatMap(([first]) => first ?? []);
};

/** What is on its way, or worse, is said as it is. */
const isToBeSaid = ({ verdict: { name, level } }: VolumeStatus): boolean =>
  name !== 'Moving' && (level === 'ok' || level === 'warning');

/** The volumes of torn applications are mirrored as they should be, and of no use: that is their verdict. */
export const withSplits = (
  volumes: readonly VolumeStatus[],
  splits: readonly SplitApplication[],
): readonly VolumeStatus[] =>
  volumes.map((volume) => {
    const split = splits.find((it) => it.volumes.includes(volume));
    if (split === undefined || !isToBeSaid(volume)) return volume;
    const { message, next } = split;
    return { ...volume, verdict: verdict('Degraded', { reason: 'ApplicationSplit', message, next }) };
  });
