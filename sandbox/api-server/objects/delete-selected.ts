import { isNotFoundFailure } from '../http/failure.ts';
import { presentList } from '../table/presentation.ts';
import { deleteObject } from './delete.ts';
import type { DeleteRequest } from './delete-options.ts';
import { listObjects } from './list.ts';
import type { Machinery, WriteContext } from './machinery.ts';
import type { Target } from './target.ts';

/** Deletes what a query selects; answers the list of it as JSON text. What goes meanwhile by itself is fine. */
export const deleteSelected = async (
  machinery: Machinery,
  target: Target,
  { wish, query }: { wish: DeleteRequest; query: URLSearchParams },
  context: WriteContext,
): Promise<string> => {
  const { items, meta } = listObjects(machinery, target, { query });
  for (const { object } of items) {
    const { name = '', namespace } = object.metadata;
    try {
      await deleteObject(machinery, { ...target, name, namespace }, wish, context);
    } catch (thrown) {
      if (!isNotFoundFailure(thrown)) throw thrown;
    }
  }
  const presentation = { shape: 'object', include: 'Metadata', now: machinery.now() } as const;
  return [...presentList(target.kind, items, meta, presentation)].join('');
};
