import type { Reading } from '../model/reading.ts';
import { knownValue } from '../model/reading-of.ts';
import { type Resource, resources } from '../model/resource.ts';
import { shellWord } from '../rules/guard/commands.ts';
import type { CheckCode } from '../rules/rule-code.ts';
import type { CheckFacts, Definition, Schema, SiteFacts } from './facts.ts';
import { type Check, type FindingLevel, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

/** What of one kind has to be there, and what goes wrong without. */
type Needed = {
  readonly resource: Resource;
  readonly definitionOn: (site: SiteFacts) => Reading<Definition | undefined>;
  readonly code: CheckCode;
  readonly level: FindingLevel;
  readonly hasStatus: boolean;
  readonly fields: readonly string[];
  readonly harm: string;
};

const notReplicated = 'volumes cannot be replicated and watched over on this site';

/** What controllers, rules, status and procedures rely on. */
const neededKinds: readonly Needed[] = [
  {
    resource: resources.volumeReplications,
    definitionOn: (site) => site.replicationDefinition,
    code: 'DR402',
    level: 'error',
    hasStatus: true,
    // The last ones came with kubernetes-csi-addons after 0.5.
    fields: [
      'spec.volumeReplicationClass',
      'spec.replicationState',
      'spec.dataSource',
      'spec.autoResync',
      'status.state',
      'status.observedGeneration',
      'status.conditions.observedGeneration',
      'status.lastSyncTime',
    ],
    harm: notReplicated,
  },
  {
    resource: resources.volumeReplicationClasses,
    definitionOn: (site) => site.classDefinition,
    code: 'DR402',
    level: 'error',
    hasStatus: false,
    fields: ['spec.provisioner', 'spec.parameters'],
    harm: notReplicated,
  },
  {
    resource: resources.operations,
    definitionOn: (site) => site.operationDefinition,
    code: 'DR415',
    // Without it everything works, but for what only a record tells.
    level: 'warning',
    hasStatus: true,
    fields: [
      'spec.verb',
      'spec.volumes',
      'status.phase',
      'status.pointOfNoReturnAt',
      'status.steps',
      'status.workloads.claims',
      'status.lease.renewTime',
    ],
    harm: 'procedures keep no record on this site: where nothing else is left, an interrupted one cannot be gone on with, and a second person is not held off',
  },
];

/** Whether a server keeps a field; one that keeps whatever it does not know keeps this one, too. */
const hasField = (schema: Schema | undefined, path: readonly string[]): boolean => {
  if (schema === undefined) return false;
  const [first, ...rest] = path;
  if (first === undefined || schema['x-kubernetes-preserve-unknown-fields']) return true;
  return hasField((schema.items ?? schema).properties?.[first], rest);
};

/** What a definition lacks, as one clause; undefined where it has all. */
const whatLacks = (definition: Definition | undefined, needed: Needed): string | undefined => {
  if (definition === undefined) return 'is not installed';
  const { version } = needed.resource;
  const found = definition.spec?.versions?.find(({ name }) => name === version);
  if (!found?.served) return `does not serve ${version}`;
  const missing = needed.fields.filter((path) => !hasField(found.schema?.openAPIV3Schema, path.split('.')));
  if (needed.hasStatus && found.subresources?.status === undefined) missing.unshift('the status subresource');
  return missing.length === 0 ? undefined : `is too old: it lacks ${missing.join(', ')}`;
};

const judge = ({ machine }: CheckFacts, site: SiteFacts, needed: Needed): readonly Seen[] => {
  const lacks = whatLacks(knownValue(needed.definitionOn(site)), needed);
  if (lacks === undefined) return [];
  const { group, plural } = needed.resource;
  return [
    finding(needed.code, needed.level, {
      site,
      object: { kind: 'CustomResourceDefinition', name: `${plural}.${group}` },
      message: `${lacks}; ${needed.harm}`,
      next: `${site.site.kubectl} apply -f ${shellWord(`${machine.manifests}/crds`)}`,
    }),
  ];
};

/** DR402 and DR415. Both sites need the kinds: the other one becomes primary one day, and may be the only one that is left to tell. */
export const definitionsLacking: Check = {
  name: 'CustomResourceDefinitions',
  codes: ['DR402', 'DR415'],
  look: (facts) => neededKinds.flatMap((needed) => onEachSite(facts, (site) => judge(facts, site, needed))),
};
