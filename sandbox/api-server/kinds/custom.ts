import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind, Strategy } from '../kind.ts';
import { customColumns } from './custom-columns.ts';
import type { CustomResourceDefinition, CustomVersion } from './custom-resource.ts';
import { compilePath } from './json-path.ts';

/** The order in which a kube-apiserver lists them for custom kinds. */
const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];

const same = (object: KubernetesObject): KubernetesObject => object;
const nothing = (): FieldError[] => [];

/** A field as selectors compare it: missing and null are empty, everything else is its text. */
const fieldReader = (jsonPath: string) => {
  const find = compilePath(jsonPath);
  return (object: KubernetesObject): string => {
    const value = find?.(object)[0];
    return value === undefined || value === null ? '' : String(value);
  };
};

const warningsOf = (crd: CustomResourceDefinition, version: CustomVersion): string[] => {
  if (version.deprecated !== true) return [];
  const { group, names } = crd.spec;
  return [version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`];
};

const strategyOf = (crd: CustomResourceDefinition, version: CustomVersion): Strategy => {
  const warnings = warningsOf(crd, version);
  return {
    tracksGeneration: true,
    prepareForCreate: same,
    prepareForUpdate: same,
    validateCreate: nothing,
    validateUpdate: nothing,
    validateStatusUpdate: nothing,
    warnings: () => warnings,
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.slice(1), fieldReader(jsonPath)]),
    ),
    nameRule: 'subdomain',
  };
};

const kindOf = (crd: CustomResourceDefinition, version: CustomVersion): Kind => {
  const { group, names, scope } = crd.spec;
  const scale = version.subresources?.scale;
  return {
    resource: {
      group,
      version: version.name,
      plural: names.plural,
      kind: names.kind,
      namespaced: scope === 'Namespaced',
    },
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    verbs,
    custom: true,
    schema: version.schema?.openAPIV3Schema ?? {
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
    },
    status: version.subresources?.status !== undefined,
    ...(scale === undefined ? {} : { scale }),
    columns: customColumns(version.additionalPrinterColumns ?? []),
    strategy: strategyOf(crd, version),
  };
};

/** `v2` before `v1` before `v1beta2` before `v1alpha1`, and all of those before names of any other form. */
const versionRank = (name: string): readonly number[] => {
  const [, major, stage, minor] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? [];
  if (major === undefined) return [0, 0, 0];
  return [stage === undefined ? 3 : stage === 'beta' ? 2 : 1, Number(major), Number(minor ?? 0)];
};

const byRank = (one: CustomVersion, other: CustomVersion): number => {
  const left = versionRank(one.name);
  const right = versionRank(other.name);
  const first = left.findIndex((rank, index) => rank !== right[index]);
  return first < 0 ? 0 : (right[first] ?? 0) - (left[first] ?? 0);
};

/** The kinds that a CustomResourceDefinition makes: one per served version, the preferred version first. */
export const kindsOf = (crd: CustomResourceDefinition): Kind[] =>
  crd.spec.versions
    .filter(({ served }) => served)
    .toSorted(byRank)
    .map((version) => kindOf(crd, version));
