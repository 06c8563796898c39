import type { Kind } from '../kind.ts';
import { builtInKind } from './built-in-kind.ts';
import { orNone, text } from './columns.ts';
import { numberAt } from './reading.ts';

/** ControllerRevisions: earlier states of stateful sets and daemon sets. */
export const controllerRevisions: Kind = builtInKind(
  {
    group: 'apps',
    version: 'v1',
    plural: 'controllerrevisions',
    kind: 'ControllerRevision',
    namespaced: true,
  },
  {
    columns: [
      text('Controller', ({ metadata }) => {
        const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
        const group = owner?.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : '';
        return orNone(owner === undefined ? '' : `${owner.kind.toLowerCase()}${group}/${owner.name}`);
      }),
      text('Revision', (revision) => numberAt(revision, 'revision')),
    ],
  },
);
