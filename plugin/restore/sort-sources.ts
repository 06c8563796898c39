import { DrError } from '../../core/model/error.ts';
import { nameOf, nameText } from '../../core/restore/object-name.ts';
import { withoutRepetitions } from '../../core/restore/repeated-objects.ts';
import { acceptedKinds, handlingOf } from '../../core/restore/restored-kinds.ts';
import { shapeFault } from '../../core/restore/shape-fault.ts';
import { type SortedObjects, type SourceObject, sortObjects } from '../../core/restore/sort-objects.ts';
import { withoutNulls } from '../../core/restore/without-nulls.ts';
import { oneLine } from '../../core/rules/one-line.ts';

const invalid = (code: string, message: string, hint: string): DrError =>
  new DrError({ code, message: oneLine(message, 400), hint });

const refuseUnknownKinds = (refused: readonly SourceObject[]): void => {
  const [first, ...more] = refused;
  if (first === undefined) return;
  const rest = more.length === 0 ? '' : `, and ${more.length} more objects of such kinds`;
  throw invalid(
    'KindNotRestored',
    `${first.origin}: ${nameText(nameOf(first.object))} (${first.object.apiVersion}) is of a kind that restore does not know${rest}`,
    `take it out of the source; known are ${acceptedKinds.join(', ')}`,
  );
};

const refuseWithoutNamespace = (objects: readonly SourceObject[]): void => {
  const found = objects.find(({ object }) => {
    const handling = handlingOf(object);
    return handling?.act === 'restore' && handling.resource.namespaced && !object.metadata.namespace;
  });
  if (found === undefined) return;
  throw invalid(
    'NamespaceMissing',
    `${found.origin}: ${nameText(nameOf(found.object))} names no namespace`,
    'give it a metadata.namespace',
  );
};

const refuseShapeless = (objects: readonly SourceObject[]): void => {
  for (const { object, origin } of objects) {
    const fault = shapeFault(object);
    if (fault !== undefined)
      throw invalid(
        'ManifestInvalid',
        `${origin}: ${nameText(nameOf(object))}: ${fault}`,
        'correct it, or take it out of the source',
      );
  }
};

/**
 * What was read, each object once, sorted by what is done with it. Throws a `DrError` where an object is of a kind that restore does
 * not know, names no namespace, or is there twice and differs.
 */
export const sortSources = (
  read: readonly SourceObject[],
  options: { readonly withWorkloads: boolean },
): SortedObjects => {
  const { objects, differing } = withoutRepetitions(
    read.map((source) => ({ ...source, object: withoutNulls(source.object) })),
  );
  const [repetition] = differing;
  if (repetition !== undefined)
    throw invalid(
      'ObjectTwice',
      `${nameText(nameOf(repetition.first.object))} is there twice and differs: in ${repetition.first.origin} and in ${repetition.second.origin}`,
      'take the older one out of the source',
    );
  const sorted = sortObjects(objects, options);
  refuseUnknownKinds(sorted.refused);
  refuseWithoutNamespace(objects);
  refuseShapeless(objects);
  return sorted;
};
