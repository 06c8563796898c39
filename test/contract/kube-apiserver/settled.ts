type Json = Record<string, unknown>;

type KubeObject = {
  metadata: { annotations?: unknown; finalizers?: unknown; deletionTimestamp?: string };
  spec?: { claimRef?: { name?: string } };
  status?: Json;
  items?: unknown[];
  code?: number;
};

/** The parts of an object that the recording kept, by the names it gave them. */
const parts: Record<string, (object: KubeObject) => unknown> = {
  pv: ({ status }) => status,
  status: ({ status }) => status,
  claimRef: ({ spec }) => spec?.claimRef,
  claim: ({ spec }) => spec?.claimRef?.name,
  ann: ({ metadata }) => metadata.annotations,
  fin: ({ metadata }) => metadata.finalizers,
  deleting: ({ metadata }) => metadata.deletionTimestamp !== undefined,
  phase: ({ status }) => status?.['phase'],
  code: ({ code }) => code,
};

/** What of an object, or a list, a settled entry tells about: its named parts, or else its status. */
export const settledView = (object: KubeObject, recorded: unknown): unknown => {
  if (Array.isArray(recorded)) return object.items;
  const names = Object.keys(recorded as Json);
  const isStatus = names.includes('phase') && !names.includes('deleting');
  if (isStatus && object.status !== undefined) return object.status;
  return Object.fromEntries(names.map((name) => [name, parts[name]?.(object)]));
};
