// Writes sandbox/api-server/protobuf/generated/fields.json from the Go types of Kubernetes: which field of which message has
// which JSON name. Run it by hand with checkouts of k8s.io/api and k8s.io/apimachinery; they are too large to be kept here:
//   node scripts/generate-protobuf-fields.ts ../api ../apimachinery
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FieldTable, MessageField, ValueType } from '../sandbox/api-server/protobuf/field-table.ts';

const [apiDirectory, machineryDirectory] = process.argv.slice(2);
if (apiDirectory === undefined || machineryDirectory === undefined) {
  console.error(
    'usage: node scripts/generate-protobuf-fields.ts K8S_API_DIRECTORY K8S_APIMACHINERY_DIRECTORY',
  );
  process.exit(2);
}

/** Go packages by the names under which messages are kept. */
const packages: Record<string, string> = {
  meta: join(machineryDirectory, 'pkg/apis/meta/v1/types.go'),
  ...Object.fromEntries(
    [
      'admissionregistration',
      'apps',
      'authentication',
      'authorization',
      'autoscaling',
      'batch',
      'coordination',
      'core',
      'events',
      'policy',
      'rbac',
      'storage',
    ].map((name) => [name, join(apiDirectory, name, 'v1/types.go')]),
  ),
};

/** Kinds whose objects may arrive, by apiVersion. What they are made of comes along. */
const kinds: Record<string, { package: string; kinds: string[] }> = {
  v1: {
    package: 'core',
    kinds: [
      'Binding',
      'ConfigMap',
      'Event',
      'Namespace',
      'Node',
      'PersistentVolume',
      'PersistentVolumeClaim',
      'Pod',
      'Secret',
      'Service',
      'ServiceAccount',
    ],
  },
  'apps/v1': { package: 'apps', kinds: ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'] },
  'batch/v1': { package: 'batch', kinds: ['CronJob', 'Job'] },
  'autoscaling/v1': { package: 'autoscaling', kinds: ['Scale'] },
  'policy/v1': { package: 'policy', kinds: ['Eviction'] },
  'coordination.k8s.io/v1': { package: 'coordination', kinds: ['Lease'] },
  'events.k8s.io/v1': { package: 'events', kinds: ['Event'] },
  'storage.k8s.io/v1': {
    package: 'storage',
    kinds: ['CSIDriver', 'CSINode', 'StorageClass', 'VolumeAttachment'],
  },
  'rbac.authorization.k8s.io/v1': {
    package: 'rbac',
    kinds: ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  },
  'admissionregistration.k8s.io/v1': {
    package: 'admissionregistration',
    kinds: ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'],
  },
  'authorization.k8s.io/v1': {
    package: 'authorization',
    kinds: [
      'LocalSubjectAccessReview',
      'SelfSubjectAccessReview',
      'SelfSubjectRulesReview',
      'SubjectAccessReview',
    ],
  },
  'authentication.k8s.io/v1': {
    package: 'authentication',
    kinds: ['SelfSubjectReview', 'TokenRequest', 'TokenReview'],
  },
  'meta.k8s.io/v1': { package: 'meta', kinds: ['DeleteOptions'] },
};

/** How imports of the Go files are called. */
const aliases: Record<string, string> = { metav1: 'meta', v1: 'core', corev1: 'core', apiv1: 'core' };

const scalars: Record<string, ValueType> = {
  string: 'string',
  bool: 'bool',
  int: 'int',
  int32: 'int',
  int64: 'int',
  uint32: 'int',
  float64: 'double',
  byte: 'int',
  'types.UID': 'string',
  'types.NodeName': 'string',
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
  'runtime.RawExtension': 'raw',
  'meta.Time': 'time',
  'meta.MicroTime': 'microTime',
  'meta.Duration': 'duration',
  'meta.FieldsV1': 'raw',
};

type GoField = { number: number; json: string; type: string; inline: boolean; omitted: boolean };
type GoPackage = { structs: Map<string, GoField[]>; named: Map<string, string> };

const fieldLine = /^\t(?:(\w+)\s+)?(\S+)\s+`json:"([^"]*)"[^`]*protobuf:"\w+,(\d+),(?:opt|rep|req)/;

const fieldOf = (line: string): GoField | undefined => {
  const match = fieldLine.exec(line);
  if (match === null) return undefined;
  const [, goName, type = '', tag = '', number] = match;
  const [json = '', ...options] = tag.split(',');
  return {
    number: Number(number),
    json,
    type,
    inline: options.includes('inline') || (json === '' && goName === undefined),
    omitted: options.includes('omitempty') || options.includes('omitzero'),
  };
};

const readPackage = (file: string): GoPackage => {
  const structs = new Map<string, GoField[]>();
  const named = new Map<string, string>();
  let current: GoField[] | undefined;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [, name, type] = /^type (\w+) (?:= )?(.+)$/.exec(line) ?? [];
    if (name !== undefined && type === 'struct {') {
      current = [];
      structs.set(name, current);
    } else if (name !== undefined && type !== undefined) named.set(name, type);
    else if (line === '}') current = undefined;
    const field = current === undefined ? undefined : fieldOf(line);
    if (field !== undefined) current?.push(field);
  }
  return { structs, named };
};

const sources = Object.fromEntries(Object.entries(packages).map(([name, file]) => [name, readPackage(file)]));

const qualified = (type: string, within: string): string => {
  const [left = '', right] = type.split('.');
  if (right === undefined) return `${within}.${left}`;
  return `${aliases[left] ?? left}.${right}`;
};

/** Messages whose one field holds a list: Go gives them a name of their own. */
const isNamedList = (type: string): boolean => type === '[]string';

const valueType = (type: string, within: string): ValueType => {
  const bare = type.replace(/^\*/, '');
  if (bare === '[]byte') return 'bytes';
  const full = bare.includes('.') ? qualified(bare, within) : bare;
  const scalar = scalars[bare] ?? scalars[full] ?? scalars[qualified(bare, within)];
  if (scalar !== undefined) return scalar;
  const name = qualified(bare, within);
  const [owner = '', typeName = ''] = name.split('.');
  const source = sources[owner];
  if (source?.structs.has(typeName)) return { message: name };
  const alias = source?.named.get(typeName);
  if (alias === undefined) throw new Error(`unknown type ${name}`);
  return isNamedList(alias) ? 'texts' : valueType(alias, owner);
};

const mapType = /^map\[[\w.]+\](.+)$/;

const resolvedAlias = (type: string, within: string): { type: string; within: string } => {
  const name = qualified(type.replace(/^\*/, ''), within);
  const [owner = '', typeName = ''] = name.split('.');
  const alias = sources[owner]?.named.get(typeName);
  return alias !== undefined && mapType.test(alias) ? { type: alias, within: owner } : { type, within };
};

const messageField = (field: GoField, owner: string): MessageField => {
  const { type, within } = /[[\]]/.test(field.type)
    ? { type: field.type, within: owner }
    : resolvedAlias(field.type, owner);
  const [, mapped] = mapType.exec(type) ?? [];
  const [, item] = type === '[]byte' ? [] : (/^\[\](.+)$/.exec(type) ?? []);
  return {
    name: field.json,
    type: valueType(mapped ?? item ?? type, within),
    ...(mapped === undefined ? {} : { map: true }),
    ...(item === undefined ? {} : { list: true }),
    ...(field.inline ? { inline: true } : {}),
    ...(field.omitted && !type.startsWith('*') ? { omitZero: true } : {}),
  };
};

const messages: FieldTable['messages'] = {};

const collect = (name: string): void => {
  if (messages[name] !== undefined) return;
  const [owner = '', typeName = ''] = name.split('.');
  const fields = sources[owner]?.structs.get(typeName);
  if (fields === undefined) throw new Error(`no struct ${name}`);
  const described = fields.map((field) => [field.number, messageField(field, owner)] as const);
  messages[name] = Object.fromEntries(described);
  for (const [, { type }] of described) if (typeof type === 'object') collect(type.message);
};

const roots: FieldTable['kinds'] = {};
for (const [apiVersion, { package: owner, kinds: names }] of Object.entries(kinds))
  for (const kind of names) {
    roots[`${apiVersion}/${kind}`] = `${owner}.${kind}`;
    collect(`${owner}.${kind}`);
  }

const output = fileURLToPath(
  new URL('../sandbox/api-server/protobuf/generated/fields.json', import.meta.url),
);
const sorted = Object.fromEntries(Object.entries(messages).sort(([one], [other]) => (one < other ? -1 : 1)));
const lines = Object.entries(sorted).map(
  ([name, fields]) => `${JSON.stringify(name)}:${JSON.stringify(fields)}`,
);
writeFileSync(output, `{"kinds":${JSON.stringify(roots)},\n"messages":{\n${lines.join(',\n')}\n}}\n`);
