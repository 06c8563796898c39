import type { ManagedFieldsEntry } from '../../../core/model/kubernetes-object.ts';
import { goQuote } from '../schema/finding.ts';
import { decodeFields, encodeFields, type FieldSet, isEmpty } from './field-set.ts';

/** Who owns fields, and by which way they came. One entry of `metadata.managedFields`. */
export type Manager = {
  name: string;
  operation: 'Apply' | 'Update';
  apiVersion: string;
  subresource: string;
  /** RFC 3339, in seconds. */
  time: string | undefined;
  fields: FieldSet;
};

/** What tells managers apart: an applier is one whatever version it applied. */
export const managerId = ({
  name,
  operation,
  apiVersion,
  subresource,
}: Omit<Manager, 'fields' | 'time'>): string =>
  JSON.stringify([operation, name, operation === 'Apply' ? '' : apiVersion, subresource]);

/** The managers of an object, by their ids. */
export type Managers = ReadonlyMap<string, Manager>;

const decodeEntry = (entry: ManagedFieldsEntry): Manager | undefined => {
  const { operation, apiVersion } = entry;
  if ((operation !== 'Apply' && operation !== 'Update') || !apiVersion || entry.fieldsType !== 'FieldsV1')
    return undefined;
  return {
    name: entry.manager ?? '',
    operation,
    apiVersion,
    subresource: entry.subresource ?? '',
    time: entry.time,
    fields: decodeFields(entry.fieldsV1 ?? {}),
  };
};

/** Reads managed fields; undefined where an entry is malformed, as then none of them can be trusted. */
export const decodeManagers = (entries: readonly ManagedFieldsEntry[] | undefined): Managers | undefined => {
  const managers = new Map<string, Manager>();
  for (const entry of entries ?? []) {
    const manager = decodeEntry(entry);
    if (manager === undefined) return undefined;
    managers.set(managerId(manager), manager);
  }
  return managers;
};

const textOrder = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

const secondsOf = (time: string | undefined): number =>
  time === undefined ? 0 : Math.floor(Date.parse(time) / 1000);

const managerOrder = (one: Manager, other: Manager): number =>
  textOrder(one.operation, other.operation) ||
  secondsOf(one.time) - secondsOf(other.time) ||
  textOrder(one.name, other.name) ||
  textOrder(one.apiVersion, other.apiVersion) ||
  textOrder(one.subresource, other.subresource);

const encodeManager = (manager: Manager): ManagedFieldsEntry => ({
  manager: manager.name,
  operation: manager.operation,
  apiVersion: manager.apiVersion,
  ...(manager.time === undefined ? {} : { time: manager.time }),
  fieldsType: 'FieldsV1',
  fieldsV1: encodeFields(manager.fields),
  ...(manager.subresource === '' ? {} : { subresource: manager.subresource }),
});

/** Writes managed fields: appliers first, then by time and name; undefined where nobody owns anything. */
export const encodeManagers = (managers: Managers): ManagedFieldsEntry[] | undefined => {
  const owning = [...managers.values()].filter(({ fields }) => !isEmpty(fields));
  return owning.length === 0 ? undefined : owning.sort(managerOrder).map(encodeManager);
};

/** A manager as a conflict names it. */
export const printManager = ({ name, operation, apiVersion, subresource }: Manager): string => {
  const named =
    subresource === '' ? goQuote(name) : `${goQuote(name)} with subresource ${goQuote(subresource)}`;
  return operation === 'Update' ? `${named} using ${apiVersion}` : named;
};

/** Longest name that a field manager may have. */
const longestName = 128;

/** The manager of a request that names none: its user agent up to the first slash. */
export const managerOfUserAgent = (userAgent: string | undefined): string =>
  (userAgent ?? '').split('/', 1).join('').replaceAll(/\p{C}/gu, '').slice(0, longestName);
