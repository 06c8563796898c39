// Sends the requests of a recording to a real kube-apiserver again and writes down what it answers:
// `node test/contract/kube-apiserver/record.ts kube-apiserver-1.36-kinds`. A new entry needs a title and a request only.
import { writeFileSync } from 'node:fs';
import { argv, env } from 'node:process';
import { installCrds } from './crds.ts';
import type { Answer, HttpsClient } from './https-client.ts';
import { createHttpsClient } from './https-client.ts';
import { findRealServer, startRealServer } from './real-server.ts';
import { type Entry, readRecording, recordingFile } from './recording.ts';
import { until } from './until.ts';

const uid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** What an answer is masked with: when recording began, and whether the entry is about the owners of fields. */
type Mask = { since: number; owners: boolean };

/** What tells nothing new is left out: who owns fields, unless the request names an owner, and what columns mean. */
const leftOut = (field: string, parent: object, { owners }: Mask): boolean =>
  (field === 'managedFields' && !owners) || (field === 'description' && 'priority' in parent);

/** Masks what differs each time: identifiers, versions, and the times that the server set. */
const mask = (value: unknown, how: Mask): unknown => {
  if (Array.isArray(value)) return value.map((item) => mask(item, how));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .filter(([field]) => !leftOut(field, value, how))
        .map(([field, inner]) => [field, field === 'resourceVersion' ? '<rv>' : mask(inner, how)]),
    );
  if (typeof value !== 'string') return value;
  if (uid.test(value)) return '<uid>';
  return time.test(value) && Date.parse(value) >= how.since ? '<time>' : value;
};

const keptHeaders = ['content-type', 'warning'];

const responseOf = ({ status, headers, body }: Answer, how: Mask) => ({
  status,
  headers: Object.fromEntries(
    keptHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])),
  ),
  body: mask(body, how),
});

const recordEntry = async (client: HttpsClient, entry: Entry, since: number): Promise<Entry> => {
  if ('settled' in entry) {
    await until(entry.title, 15_000, async () => {
      const { status } = await client.send({ method: 'GET', path: entry.settled.path });
      return status === 200;
    });
    return entry;
  }
  if (!('request' in entry))
    throw new Error(`"${entry.title}" cannot be recorded alone: it needs other hands`);
  const answer = await client.send(entry.request);
  const owners = entry.request.path.includes('fieldManager=');
  return { ...entry, response: responseOf(answer, { since, owners }) };
};

const record = async (name: string): Promise<void> => {
  const binaries = findRealServer(env);
  if (binaries === undefined) throw new Error('etcd and kube-apiserver are needed: set KUBEBUILDER_ASSETS');
  const since = Math.floor(Date.now() / 1000) * 1000;
  const target = await startRealServer(binaries);
  const client = createHttpsClient(target.access);
  try {
    await installCrds(client);
    const lines: string[] = [];
    for (const entry of readRecording(name))
      lines.push(JSON.stringify(await recordEntry(client, entry, since)));
    writeFileSync(recordingFile(name), `${lines.join('\n')}\n`);
  } finally {
    client.close();
    await target.stop();
  }
};

await record(argv[2] ?? '');
