import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { type Resource, resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Column, Kind, StoredAs } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sayAge } from './age.ts';
import { builtInKind } from './built-in-kind.ts';
import { text, wideText } from './columns.ts';
import { read, textAt } from './reading.ts';

/** Times that a typed event always shows, and texts that it shows empty. */
const shownEmpty = {
  source: {},
  firstTimestamp: null,
  lastTimestamp: null,
  eventTime: null,
  reportingComponent: '',
  reportingInstance: '',
} as const;

const defaults = (event: KubernetesObject): KubernetesObject => ({
  ...event,
  ...Object.fromEntries(Object.entries(shownEmpty).map(([name, empty]) => [name, event[name] ?? empty])),
});

/** An event is where its object is; that of a cluster-scoped object is in `default`. */
const validate = (event: KubernetesObject): FieldError[] => {
  const namespace = textAt(event, 'involvedObject', 'namespace');
  const own = event.metadata.namespace ?? '';
  const fits = namespace === own || (namespace === '' && (own === 'default' || own === 'kube-system'));
  return fits
    ? []
    : [findings.invalid('involvedObject.namespace', namespace, 'does not match event.namespace')];
};

const lastSeenOf = (event: KubernetesObject): unknown =>
  read(event, 'series', 'lastObservedTime') ?? event['lastTimestamp'] ?? firstSeenOf(event);

const firstSeenOf = (event: KubernetesObject): unknown => event['firstTimestamp'] ?? event['eventTime'];

const countOf = (event: KubernetesObject): number => {
  const series = read(event, 'series', 'count');
  if (typeof series === 'number') return series;
  const count = read(event, 'count');
  return typeof count === 'number' && count > 0 ? count : 1;
};

const sourceOf = (event: KubernetesObject): string => {
  const component = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent');
  const host = textAt(event, 'source', 'host') || textAt(event, 'reportingInstance');
  return host === '' ? component : `${component}, ${host}`;
};

const objectOf = (event: KubernetesObject): string => {
  const kind = textAt(event, 'involvedObject', 'kind').toLowerCase();
  const name = textAt(event, 'involvedObject', 'name');
  return kind === '' ? name : `${kind}/${name}`;
};

const columns: readonly Column[] = [
  text('Last Seen', (event, now) => sayAge(lastSeenOf(event), now)),
  text('Type', (event) => textAt(event, 'type')),
  text('Reason', (event) => textAt(event, 'reason')),
  text('Object', objectOf),
  wideText('Subobject', (event) => textAt(event, 'involvedObject', 'fieldPath')),
  wideText('Source', sourceOf),
  text('Message', (event) => textAt(event, 'message').trim()),
  wideText('First Seen', (event, now) => sayAge(firstSeenOf(event), now)),
  wideText('Count', countOf),
  { ...wideText('Name', ({ metadata }) => metadata.name ?? ''), format: 'name' },
];

const referenceFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const ofReference = (field: 'involvedObject' | 'regarding') =>
  Object.fromEntries(
    referenceFields.map((name) => [
      `${field}.${name}`,
      (event: KubernetesObject) => textAt(event, field, name),
    ]),
  );

/** Events of the core group, which `kubectl get events` and `describe` ask for. */
export const events: Kind = builtInKind(resources.events, {
  shortNames: ['ev'],
  defaults,
  validate,
  selectableFields: {
    ...ofReference('involvedObject'),
    reason: (event) => textAt(event, 'reason'),
    reportingComponent: (event) => textAt(event, 'reportingComponent'),
    source: (event) => textAt(event, 'source', 'component') || textAt(event, 'reportingComponent'),
    type: (event) => textAt(event, 'type'),
  },
  allColumns: columns,
});

/** Names of the same fields in `events.k8s.io/v1` and in core. */
const fieldNames: readonly (readonly [string, string])[] = [
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['reportingController', 'reportingComponent'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

const renamed = (event: KubernetesObject, names: ReadonlyMap<string, string>): KubernetesObject =>
  Object.fromEntries(
    Object.entries(event).map(([name, value]) => [names.get(name) ?? name, value]),
  ) as KubernetesObject;

const toCore = new Map(fieldNames);
const fromCore = new Map(fieldNames.map(([own, core]) => [core, own]));

/** The newer form leaves out who reported where nobody said so. */
const withoutEmptyReporter = (event: KubernetesObject): KubernetesObject =>
  Object.fromEntries(
    Object.entries(event).filter(([name, value]) => !(name.startsWith('reporting') && value === '')),
  ) as KubernetesObject;

const storedAs: StoredAs = {
  resource: resources.events,
  toStored: (event) => defaults({ ...renamed(event, toCore), apiVersion: 'v1' }),
  fromStored: (event) => ({
    ...withoutEmptyReporter(renamed(event, fromCore)),
    apiVersion: 'events.k8s.io/v1',
  }),
};

const newEvents: Resource = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
};

const validateNew = (event: KubernetesObject): FieldError[] => {
  const type = textAt(event, 'type');
  return [
    ...validate({ ...event, involvedObject: event['regarding'] }),
    ...(read(event, 'eventTime') === null ? [findings.required('eventTime')] : []),
    ...(['Normal', 'Warning'].includes(type)
      ? []
      : [findings.invalid('type', type, `has invalid value: ${type}`)]),
  ];
};

/** The same objects in the group that new clients write to. */
export const newerEvents: Kind = builtInKind(newEvents, {
  shortNames: ['ev'],
  storedAs,
  defaults: (event) => storedAs.fromStored(storedAs.toStored(event)),
  validate: validateNew,
  selectableFields: {
    ...ofReference('regarding'),
    reason: (event) => textAt(event, 'reason'),
    reportingController: (event) => textAt(event, 'reportingController'),
    type: (event) => textAt(event, 'type'),
  },
  allColumns: columns.map((column) => ({
    ...column,
    cell: (event, now) => column.cell(storedAs.toStored(event), now),
  })),
});
