import { readingOf } from '../../core/model/reading-of.ts';
import { resources } from '../../core/model/resource.ts';
import { type Protector, replicationHereOf } from '../../core/protection/protectors.ts';
import type { DefinitionFacts } from '../../core/rules/protection-facts.ts';
import type { AdmissionRequest } from '../admission-request.ts';
import type { CachedView } from './cached-view.ts';
import { deletedObject, readDefinition } from './read-object.ts';

const nameOf = ({ plural, group }: { plural: string; group: string }): string => `${plural}.${group}`;

const definitions = {
  replications: nameOf(resources.volumeReplications),
  groups: nameOf(resources.volumeGroupReplications),
} as const;

const protectorsOfKind = (view: CachedView, name: string): readonly Protector[] =>
  name === definitions.replications
    ? view.replicationsProtecting().map((object) => ({ kind: 'VolumeReplication', object }))
    : view.groupsProtecting().map((object) => ({ kind: 'VolumeGroupReplication', object }));

/** The definition of a kind of replications that is deleted; undefined for other operations and definitions. Throws `ObjectUnreadable`. */
export const gatherDefinition = (
  view: CachedView,
  request: AdmissionRequest,
): DefinitionFacts | undefined => {
  if (request.operation !== 'DELETE') return undefined;
  const { metadata } = readDefinition(deletedObject('CustomResourceDefinition', request.oldObject));
  const name = metadata.name ?? request.name;
  if (name !== definitions.replications && name !== definitions.groups) return undefined;
  return {
    subject: 'definition',
    name,
    isTerminating: Boolean(metadata.deletionTimestamp),
    replications: readingOf(() =>
      protectorsOfKind(view, name).map((protector) =>
        replicationHereOf(
          protector,
          protector.kind === 'VolumeReplication' ? protector.object.spec.dataSource.name : '',
        ),
      ),
    ),
  };
};
