// Derives which fields of which types the built-in kinds have from the models of @kubernetes/client-node, into
// sandbox/api-server/schema/generated/definitions.ts. Run it after an upgrade of client-node; --check only compares.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { CompactDefinition } from '../sandbox/api-server/schema/compact-definition.ts';

const models = new URL('../node_modules/@kubernetes/client-node/dist/gen/models/', import.meta.url);
const target = new URL('../sandbox/api-server/schema/generated/definitions.ts', import.meta.url);

/** The kinds by group; a type is named after the first group that uses it, so core comes first. */
const roots: Record<string, string[]> = {
  'io.k8s.api.core.v1': [
    ...[
      'V1Pod',
      'V1PersistentVolumeClaim',
      'V1PersistentVolume',
      'V1Namespace',
      'V1Node',
      'V1Secret',
      'V1ConfigMap',
    ],
    ...['V1Service', 'V1ServiceAccount', 'CoreV1Event', 'V1Endpoints'],
  ],
  'io.k8s.api.apps.v1': [
    'V1Deployment',
    'V1StatefulSet',
    'V1ReplicaSet',
    'V1DaemonSet',
    'V1ControllerRevision',
  ],
  'io.k8s.api.batch.v1': ['V1Job', 'V1CronJob'],
  'io.k8s.api.storage.v1': [
    'V1StorageClass',
    'V1VolumeAttachment',
    'V1CSIDriver',
    'V1CSINode',
    'V1VolumeAttributesClass',
  ],
  'io.k8s.api.scheduling.v1': ['V1PriorityClass'],
  'io.k8s.api.coordination.v1': ['V1Lease'],
  'io.k8s.api.rbac.v1': ['V1Role', 'V1RoleBinding', 'V1ClusterRole', 'V1ClusterRoleBinding'],
  'io.k8s.api.autoscaling.v1': ['V1Scale'],
  'io.k8s.api.autoscaling.v2': ['V2HorizontalPodAutoscaler'],
  'io.k8s.api.events.v1': ['EventsV1Event'],
  'io.k8s.api.policy.v1': ['V1Eviction', 'V1PodDisruptionBudget'],
  'io.k8s.api.authentication.v1': ['AuthenticationV1TokenRequest', 'V1TokenReview', 'V1SelfSubjectReview'],
  'io.k8s.api.authorization.v1': [
    ...[
      'V1SelfSubjectAccessReview',
      'V1SubjectAccessReview',
      'V1LocalSubjectAccessReview',
      'V1SelfSubjectRulesReview',
    ],
  ],
  'io.k8s.api.admissionregistration.v1': [
    'V1MutatingWebhookConfiguration',
    'V1ValidatingWebhookConfiguration',
  ],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1': ['V1CustomResourceDefinition'],
};

const metaGroup = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const metaTypes = new Set(
  [
    'Condition',
    'DeleteOptions',
    'LabelSelector',
    'LabelSelectorRequirement',
    'ManagedFieldsEntry',
    'ObjectMeta',
  ].concat(['OwnerReference', 'Preconditions', 'FieldSelectorRequirement']),
);

type Attribute = { baseName: string; type: string; format: string };
type Model = { attributeTypeMap: Attribute[] };

const plainName = (model: string): string => model.replace(/^(?:[A-Z][a-z]+)?V[12]/, '');

const loadModel = async (model: string): Promise<Model> => {
  const module = (await import(pathToFileURL(new URL(`${model}.js`, models).pathname).href)) as Record<
    string,
    Model
  >;
  const found = module[model];
  if (found === undefined) throw new Error(`client-node has no model ${model}`);
  return found;
};

/** The fields that the type declaration does not call optional. */
const readRequired = (model: string): Set<string> => {
  const text = readFileSync(new URL(`${model}.d.ts`, models), 'utf8');
  const declared = [...text.matchAll(/^ {4}'([^']+)'(\?)?: /gm)];
  return new Set(declared.flatMap(([, name = '', optional]) => (optional === undefined ? [name] : [])));
};

const scalars: Record<string, string> = {
  string: 'string',
  boolean: 'boolean',
  number: 'number',
  any: 'any',
  Date: 'string',
};

/** A TypeScript type in the words of a compact definition: `[]` lists, `{}` maps, `#` references. */
const compactType = (type: string, format: string, refer: (model: string) => string): string => {
  const list = /^Array<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) return `[]${compactType(list, format, refer)}`;
  const map = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (map !== undefined) return `{}${compactType(map, format, refer)}`;
  if (type === 'IntOrString') return 'int-or-string';
  if (type === 'V1MicroTime') return 'string:date-time';
  if (type === 'number')
    return format.startsWith('int') ? `integer:${format}` : `number${format && `:${format}`}`;
  const scalar = scalars[type];
  if (scalar === undefined) return `#${refer(type)}`;
  return format === '' ? scalar : `${scalar}:${format}`;
};

const collect = async (): Promise<Record<string, CompactDefinition>> => {
  const names = new Map<string, string>();
  const definitions: Record<string, CompactDefinition> = {};
  const visit = async (model: string, group: string): Promise<void> => {
    const plain = plainName(model);
    if (names.has(model)) return;
    const name = `${metaTypes.has(plain) ? metaGroup : group}.${plain}`;
    names.set(model, name);
    const { attributeTypeMap } = await loadModel(model);
    const required = readRequired(model);
    const inner = attributeTypeMap.map(({ type }) => /(?:[A-Z][a-z]+)?V[12]\w+/.exec(type)?.[0] ?? '');
    for (const each of inner) if (each !== '' && each !== 'V1MicroTime') await visit(each, group);
    definitions[name] = {
      required: attributeTypeMap.map(({ baseName }) => baseName).filter((field) => required.has(field)),
      fields: Object.fromEntries(
        attributeTypeMap.map(({ baseName, type, format }) => [
          baseName,
          compactType(type, format, (each) => names.get(each) ?? each),
        ]),
      ),
    };
  };
  for (const [group, kinds] of Object.entries(roots)) for (const kind of kinds) await visit(kind, group);
  return definitions;
};

const definitions = await collect();
const { version } = JSON.parse(readFileSync(new URL('../../../package.json', models), 'utf8')) as {
  version: string;
};
const generated = [
  `// Generated by scripts/generate-schemas.ts from the models of @kubernetes/client-node ${version}. Do not edit.`,
  "import type { CompactDefinition } from '../compact-definition.ts';",
  '',
  'export const definitions: Record<string, CompactDefinition> = JSON.parse(`{',
  Object.entries(definitions)
    .map(([name, definition]) => JSON.stringify({ [name]: definition }).slice(1, -1))
    .join(',\n'),
  '}`);',
  '',
].join('\n');

if (!process.argv.includes('--check')) writeFileSync(target, generated);
else if (readFileSync(target, 'utf8') !== generated) {
  console.error(
    'error: sandbox/api-server/schema/generated/definitions.ts is not what would be generated now',
  );
  process.exitCode = 1;
}
