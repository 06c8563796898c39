import { knownValue } from '../model/reading-of.ts';
import { resources } from '../model/resource.ts';
import { shellWord } from '../rules/guard/commands.ts';
import type { CheckFacts, Definition, Schema, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

const { version } = resources.volumeReplications;

/** What controllers, rules and status rely on. The last ones came with kubernetes-csi-addons after 0.5. */
const needed = {
  VolumeReplication: [
    'spec.volumeReplicationClass',
    'spec.replicationState',
    'spec.dataSource',
    'spec.autoResync',
    'status.state',
    'status.observedGeneration',
    'status.conditions.observedGeneration',
    'status.lastSyncTime',
  ],
  VolumeReplicationClass: ['spec.provisioner', 'spec.parameters'],
} as const;

type Kind = keyof typeof needed;

/** Whether a server keeps a field; one that keeps whatever it does not know keeps this one, too. */
const hasField = (schema: Schema | undefined, path: readonly string[]): boolean => {
  if (schema === undefined) return false;
  const [first, ...rest] = path;
  if (first === undefined || schema['x-kubernetes-preserve-unknown-fields']) return true;
  return hasField((schema.items ?? schema).properties?.[first], rest);
};

/** What a definition lacks, as one clause; undefined where it has all. */
const whatLacks = (definition: Definition, kind: Kind): string | undefined => {
  const found = definition.spec?.versions?.find(({ name }) => name === version);
  if (!found?.served) return `does not serve ${version}`;
  const missing: string[] = needed[kind].filter(
    (path) => !hasField(found.schema?.openAPIV3Schema, path.split('.')),
  );
  if (kind === 'VolumeReplication' && found.subresources?.status === undefined)
    missing.unshift('the status subresource');
  return missing.length === 0 ? undefined : `is too old: it lacks ${missing.join(', ')}`;
};

const judge = (
  facts: CheckFacts,
  site: SiteFacts,
  kind: Kind,
  definition: Definition | undefined,
): readonly Seen[] => {
  const lacks = definition === undefined ? 'is not installed' : whatLacks(definition, kind);
  if (lacks === undefined) return [];
  const { group, plural } =
    kind === 'VolumeReplication' ? resources.volumeReplications : resources.volumeReplicationClasses;
  return [
    finding('DR402', 'error', {
      site,
      object: { kind: 'CustomResourceDefinition', name: `${plural}.${group}` },
      message: `${lacks}; volumes cannot be replicated and watched over on this site`,
      next: `${site.site.kubectl} apply -f ${shellWord(`${facts.machine.manifests}/crds`)}`,
    }),
  ];
};

/** DR402. Both sites need the kinds: the other one becomes primary one day. */
export const definitionsLacking: Check = {
  name: 'CustomResourceDefinitions',
  codes: ['DR402'],
  look: (facts) => [
    ...onEachSite(facts, (site) =>
      judge(facts, site, 'VolumeReplication', knownValue(site.replicationDefinition)),
    ),
    ...onEachSite(facts, (site) =>
      judge(facts, site, 'VolumeReplicationClass', knownValue(site.classDefinition)),
    ),
  ],
};
