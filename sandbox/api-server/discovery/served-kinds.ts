import { apiVersionOf } from '../../../core/model/resource.ts';
import type { Kind } from '../kind.ts';

/** The kinds that this server serves now. CustomResourceDefinitions add to them and take away. */
export type ServedKinds = {
  find: (group: string, version: string, plural: string) => Kind | undefined;
  /** By kind name, as `apiVersion` and `kind` of an object tell it. */
  byKind: (apiVersion: string, kind: string) => Kind | undefined;
  all: () => readonly Kind[];
  /** Sets the kinds of one definition; none takes them away. */
  set: (definition: string, kinds: readonly Kind[]) => void;
  /** Counts up with each change: documents made from the kinds are kept until then. */
  generation: () => number;
};

const keyOfResource = (group: string, version: string, plural: string) => `${group}/${version}/${plural}`;

/** Starts with the built-in kinds. */
export const createServedKinds = (builtIn: readonly Kind[]): ServedKinds => {
  const definitions = new Map<string, readonly Kind[]>();
  let kinds = builtIn;
  let byResource = new Map<string, Kind>();
  let byName = new Map<string, Kind>();
  let generation = 0;

  const index = () => {
    kinds = [...builtIn, ...[...definitions.values()].flat()];
    byResource = new Map(
      kinds.map((kind) => {
        const { group, version, plural } = kind.resource;
        return [keyOfResource(group, version, plural), kind];
      }),
    );
    byName = new Map(kinds.map((kind) => [`${apiVersionOf(kind.resource)}/${kind.resource.kind}`, kind]));
    generation += 1;
  };
  index();

  return {
    find: (group, version, plural) => byResource.get(keyOfResource(group, version, plural)),
    byKind: (apiVersion, kind) => byName.get(`${apiVersion}/${kind}`),
    all: () => kinds,
    set: (definition, added) => {
      if (added.length === 0) definitions.delete(definition);
      else definitions.set(definition, added);
      index();
    },
    generation: () => generation,
  };
};
