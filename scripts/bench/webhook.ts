import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { makeSiteCertificates } from '../../sandbox/certificates.ts';
import { type Measurement, megabytes, percentile, ratio } from './measurement.ts';
import { residentBytes } from './process-usage.ts';
import type { LoadOptions, LoadSeen } from './review-load.ts';
import { createClasses, createReplications, createVolumes } from './volumes.ts';
import { clusterOf, environment, executable, until, withSandbox } from './workbench.ts';

const volumes = 10_000;
const reviewBytes = 10_000;
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

type Files = { cert: string; key: string };

/** One certificate for both servers that are compared, so that neither has the cheaper handshake. */
const writeCertificate = async (home: string): Promise<Files> => {
  const { serverCert, serverKey } = await makeSiteCertificates({ site: 'bench', now: Date.now() });
  const directory = join(home, 'certificate');
  mkdirSync(directory, { recursive: true });
  const files = { cert: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
  writeFileSync(files.cert, serverCert);
  writeFileSync(files.key, serverKey, { mode: 0o600 });
  return files;
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
};

/** Has a process of its own send reviews, and answers what it saw. */
const sendLoad = async (options: LoadOptions): Promise<LoadSeen> => {
  const sender = spawn(process.execPath, [script('review-load.ts')], { stdio: ['pipe', 'pipe', 'inherit'] });
  sender.stdin.end(JSON.stringify(options));
  const seen = JSON.parse(await text(sender.stdout)) as LoadSeen;
  if (seen.failed.length > 0)
    throw new Error(`${seen.failed.length} reviews failed, first: ${seen.failed[0]}`);
  return seen;
};

const startEmpty = async ({ cert, key }: Files): Promise<{ child: ChildProcess; url: string }> => {
  const child = spawn(process.execPath, [script('empty-reviewer.ts'), cert, key], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: `https://127.0.0.1:${line.toString().trim()}/` };
};

const startWebhook = async (
  home: string,
  { cert, key }: Files,
): Promise<{ child: ChildProcess; url: string }> => {
  const port = await freePort();
  const child = spawn(
    executable('dr-webhook'),
    [
      'serve',
      '--context=cluster-1',
      `--bind-address=127.0.0.1:${port}`,
      '--metrics-bind-address=0',
      `--cert-file=${cert}`,
      `--key-file=${key}`,
      '--drain-delay=0s',
    ],
    { env: environment(home), stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return { child, url: `https://127.0.0.1:${port}/validate/guard?timeout=3s` };
};

/** The caches hold what there is once a second VolumeReplication of the last volume is refused for what the first one wants. */
const isFull = async (url: string): Promise<boolean> => {
  const options = { url, seconds: 0.2, connections: 1, bytes: 2_000, volumes: 3 };
  const seen = await sendLoad(options).catch(() => undefined);
  return seen !== undefined && seen.allowed > 0 && seen.refused > seen.allowed;
};

async function* measureServer(
  name: string,
  url: string,
  baseline: LoadSeen | undefined,
): AsyncGenerator<Measurement, LoadSeen> {
  const load = { url, seconds: 10, connections: 16, bytes: reviewBytes, volumes };
  const steady = await sendLoad({ ...load, perSecond: 500 });
  for (const [share, target] of [
    [0.5, '<= 1 ms'],
    [0.99, '<= 5 ms'],
  ] as const) {
    const figure = `${percentile(steady.latencies, share).toFixed(2)} ms`;
    yield {
      what: `${name}: p${share * 100} at 500 reviews/s of ${reviewBytes / 1000} kB`,
      figure,
      ...(baseline !== undefined && { target }),
    };
  }
  const full = await sendLoad(load);
  yield {
    what: `${name}: reviews/s at saturation, 16 connections`,
    figure: full.perSecond.toFixed(0),
    ...(baseline !== undefined && { target: '>= 2000' }),
  };
  if (baseline !== undefined) {
    yield { what: 'webhook / empty handler, reviews/s', figure: ratio(full.perSecond, baseline.perSecond) };
  }
  return full;
}

/** How fast the guard answers from full caches, beside a handler that only parses and allows, in the same run. */
export async function* measureWebhook(home: string): AsyncIterable<Measurement> {
  const files = await writeCertificate(home);
  const empty = await startEmpty(files);
  let baseline: LoadSeen;
  try {
    baseline = yield* measureServer('empty handler', empty.url, undefined);
  } finally {
    await stop(empty.child);
  }
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    await createClasses(cluster);
    await createVolumes(cluster, 0, volumes);
    await createReplications(cluster, 0, volumes);
    cluster.close();
    const { child, url } = await startWebhook(home, files);
    try {
      await until(() => isFull(url), 60_000);
      yield* measureServer('webhook', url, baseline);
      const large = await sendLoad({ url, seconds: 5, connections: 1, bytes: 3_000_000, volumes });
      const figure = `${percentile(large.latencies, 0.5).toFixed(0)} ms`;
      yield { what: 'webhook: p50 of 3 MB reviews', figure, target: '< 150 ms' };
      yield {
        what: `webhook: memory with ${volumes} PVs and VolumeReplications cached, after all of this`,
        figure: megabytes(residentBytes(child.pid ?? Number.NaN)),
        target: '< 200 MB',
      };
    } finally {
      await stop(child);
    }
  });
}
