import type { Io } from '../io.ts';
import { jsonLine } from '../output/document.ts';
import type { EventObject, Reporter, RunEvent, RunEventType } from './run-event.ts';

/** How a run is told: which command, where to, and since when. */
export type ReporterOptions = {
  readonly verb: string;
  /** `json`: one document per line and event. */
  readonly output: 'text' | 'json' | 'name';
  readonly io: Pick<Io, 'stdout' | 'stderr' | 'now'>;
};

/** `persistentvolumeclaim/db`, as `-o name` prints it. */
const typeAndName = ({ kind, name }: EventObject): string => `${kind.toLowerCase()}/${name}`;

/** As people type them. */
const shortKinds: Readonly<Record<string, string>> = {
  PersistentVolumeClaim: 'pvc',
  PersistentVolume: 'pv',
  VolumeReplication: 'vr',
  VolumeReplicationClass: 'vrc',
  StorageClass: 'sc',
};

/** `cluster-1: pvc/db in shop`. */
const shown = ({ site, object }: RunEvent): string => {
  if (object === undefined) return site;
  const { kind, namespace, name } = object;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${site}: ${shortKinds[kind] ?? kind.toLowerCase()}/${name}${where}`;
};

/** What happened is data; everything on the way to it is not. */
const results: readonly RunEventType[] = ['Done', 'Unchanged', 'Planned'];

const prefixes: Readonly<Record<RunEventType, string>> = {
  Waiting: '',
  Done: '',
  Unchanged: '',
  Planned: '',
  Warning: 'Warning: ',
  Refused: 'refused: ',
  Failed: 'error: ',
  TimedOut: 'error: ',
};

const textOf = (event: RunEvent): string => {
  const code = event.code?.startsWith('DR') ? `${event.code}: ` : '';
  const next = event.next === undefined ? '' : `; next: ${event.next}`;
  const head = `${prefixes[event.type]}${shown(event)}`;
  return results.includes(event.type)
    ? `${head} ${event.message}${next}`
    : `${head}: ${code}${event.message}${next}`;
};

const documentOf = (event: RunEvent, verb: string, since: number, now: number) => ({
  apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
  kind: 'Event',
  time: new Date(now).toISOString(),
  verb,
  type: event.type,
  site: event.site,
  object: event.object === undefined ? null : { namespace: null, ...event.object },
  message: event.message,
  code: event.code ?? null,
  nextCommand: event.next ?? null,
  elapsedSeconds: Math.round((now - since) / 100) / 10,
});

/** Tells a run as it goes: results on stdout, the rest on stderr; with `json` everything on stdout, a line each. */
export const createReporter = ({ verb, output, io }: ReporterOptions): Reporter => {
  const since = io.now();
  const waiting = new Map<string, string>();
  const isRepeated = (event: RunEvent): boolean => {
    if (event.type !== 'Waiting') return false;
    const key = shown(event);
    const isSame = waiting.get(key) === event.message;
    waiting.set(key, event.message);
    return isSame;
  };
  return {
    report: (event) => {
      if (isRepeated(event)) return;
      const isResult = results.includes(event.type);
      if (output === 'json') io.stdout.line(jsonLine(documentOf(event, verb, since, io.now())));
      else if (output === 'name' && isResult)
        io.stdout.write(event.object === undefined ? '' : `${typeAndName(event.object)}\n`);
      else (isResult ? io.stdout : io.stderr).line(textOf(event));
    },
  };
};
