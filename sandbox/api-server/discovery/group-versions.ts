import type { ServedResource } from './served-resource.ts';

/** One version of a group with what it serves, in the order of their names. */
export type ServedVersion = { version: string; resources: readonly ServedResource[] };

/** One group; its first version is the preferred one. */
export type ServedGroup = { group: string; versions: readonly ServedVersion[] };

/** `v2` before `v1` before `v1beta1` before `v1alpha1`: apimachinery `version.CompareKubeAwareVersionStrings`. */
const rank = (version: string): readonly [number, number, number] => {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const maturity = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return [maturity, Number(major), Number(minor)];
};

const byPreference = (one: string, other: string): number => {
  const left = rank(one);
  const right = rank(other);
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2];
};

const versionsOf = (resources: readonly ServedResource[]): ServedVersion[] =>
  Object.entries(Object.groupBy(resources, ({ version }) => version))
    .map(([version, served = []]) => ({
      version,
      resources: served.toSorted((one, other) => (one.plural < other.plural ? -1 : 1)),
    }))
    .sort((one, other) => byPreference(one.version, other.version));

/** All groups: the core group first, the others in the order in which they came. */
export const groupsOf = (resources: readonly ServedResource[]): ServedGroup[] =>
  Object.entries(Object.groupBy(resources, ({ group }) => group))
    .map(([group, served = []]) => ({ group, versions: versionsOf(served) }))
    .sort((one, other) => Number(other.group === '') - Number(one.group === ''));
