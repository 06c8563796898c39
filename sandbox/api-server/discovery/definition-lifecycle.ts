import { kindsOf } from '../kinds/custom.ts';
import type { CustomResourceDefinition } from '../kinds/custom-resource.ts';
import type { Store } from '../store/store.ts';
import { keyOf } from '../store/stored-object.ts';
import type { ServedKinds } from './served-kinds.ts';

/** The collection that the definitions are in. */
export const definitionCollection = 'customresourcedefinitions.apiextensions.k8s.io';

/** Serves what the CustomResourceDefinitions of the store define, now and as they change. Answers how to stop. */
export const serveDefinitions = (store: Store, kinds: ServedKinds): (() => void) => {
  for (const { object } of store.list(definitionCollection))
    kinds.set(object.metadata.name ?? '', kindsOf(object as CustomResourceDefinition));
  return store.subscribe(definitionCollection, ({ type, stored }) => {
    const { object } = stored;
    kinds.set(
      object.metadata.name ?? '',
      type === 'DELETED' ? [] : kindsOf(object as CustomResourceDefinition),
    );
  });
};

/** Keeps a definition that is being deleted until all its objects are gone. */
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

/** Whether a definition waits for its objects to go. */
const waitsForObjects = ({ metadata }: CustomResourceDefinition): boolean =>
  metadata.deletionTimestamp !== undefined && (metadata.finalizers ?? []).includes(cleanupFinalizer);

const markedObject = (object: CustomResourceDefinition, time: string): CustomResourceDefinition => ({
  ...object,
  metadata: {
    ...object.metadata,
    deletionTimestamp: time,
    deletionGracePeriodSeconds: 0,
    generation: (object.metadata.generation ?? 0) + 1,
  },
});

/** Deletes the objects of definitions that are being deleted, and lets the definitions go after them. Answers how to stop. */
export const cleanUpDefinitions = (store: Store, time: () => string): (() => void) => {
  const deleteObjects = (definition: string) => {
    for (const { key, object, revision } of store.list(definition)) {
      if (object.metadata.deletionTimestamp !== undefined) continue;
      if ((object.metadata.finalizers ?? []).length === 0) store.remove(definition, key, object, revision);
      else store.put(definition, key, markedObject(object as CustomResourceDefinition, time()), revision);
    }
  };

  const letGo = (definition: string) => {
    const key = keyOf(undefined, definition);
    const stored = store.get(definitionCollection, key);
    if (stored === undefined || store.size(definition) > 0) return;
    const finalizers = (stored.object.metadata.finalizers ?? []).filter((name) => name !== cleanupFinalizer);
    const object = { ...stored.object, metadata: { ...stored.object.metadata, finalizers } };
    if (finalizers.length === 0) store.remove(definitionCollection, key, object, stored.revision);
    else store.put(definitionCollection, key, object, stored.revision);
  };

  const cleanUp = () => {
    for (const { object } of store.list(definitionCollection)) {
      if (!waitsForObjects(object as CustomResourceDefinition)) continue;
      const name = object.metadata.name ?? '';
      deleteObjects(name);
      letGo(name);
    }
  };

  // A listener must not write: others would hear of it before they hear of what it reacts to.
  let planned = false;
  const plan = () => {
    if (planned) return;
    planned = true;
    setImmediate(() => {
      planned = false;
      cleanUp();
    });
  };
  plan();
  return store.subscribe(undefined, ({ type, collection }) => {
    if (collection === definitionCollection || type === 'DELETED') plan();
  });
};
