import type { KubernetesObject } from '../model/kubernetes-object.ts';

/** Which objects a rule of `--transform` is about: all that is said must hold. */
export type TransformMatch = {
  readonly kind?: string;
  /** `*` stands for anything. */
  readonly name?: string;
  /** As it is called on the target; `*` stands for anything. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
};

/** One rule of `--transform`. */
export type TransformRule = {
  /** What messages call it. */
  readonly name: string;
  readonly match: TransformMatch;
  /** RFC 6902. */
  readonly jsonPatch?: readonly unknown[];
  /** RFC 7386. */
  readonly mergePatch?: Readonly<Record<string, unknown>>;
};

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** Text in which `*` stands for anything, as the pattern of a whole name. */
const fits = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 's').test(text);

/** Whether a rule is about an object. */
export const isMeant = ({ match }: TransformRule, { kind, metadata }: KubernetesObject): boolean =>
  (match.kind === undefined || match.kind === kind) &&
  (match.name === undefined || fits(match.name, metadata.name ?? '')) &&
  (match.namespace === undefined || fits(match.namespace, metadata.namespace ?? '')) &&
  Object.entries(match.labels ?? {}).every(([key, value]) => metadata.labels?.[key] === value);

type Path = readonly string[];

/** What names an object, and what binds a volume: a rule that changes it would restore something else. */
const fixed: readonly { readonly kind?: string; readonly path: Path }[] = [
  { path: ['apiVersion'] },
  { path: ['kind'] },
  { path: ['metadata', 'name'] },
  { path: ['metadata', 'namespace'] },
  { kind: 'PersistentVolume', path: ['spec', 'csi', 'driver'] },
  { kind: 'PersistentVolume', path: ['spec', 'csi', 'volumeHandle'] },
  { kind: 'PersistentVolume', path: ['spec', 'claimRef'] },
  { kind: 'PersistentVolume', path: ['spec', 'persistentVolumeReclaimPolicy'] },
  { kind: 'PersistentVolumeClaim', path: ['spec', 'volumeName'] },
];

const at = (value: unknown, path: Path): string =>
  JSON.stringify(
    path.reduce<unknown>(
      (inner, step) => (inner as Readonly<Record<string, unknown>> | null | undefined)?.[step],
      value,
    ),
  );

/** The field that a rule changed and must not, as `spec.claimRef`; undefined where there is none. */
export const forbiddenChange = (before: KubernetesObject, after: unknown): string | undefined =>
  fixed
    .find(
      ({ kind, path }) =>
        (kind === undefined || kind === before.kind) && at(before, path) !== at(after, path),
    )
    ?.path.join('.');
