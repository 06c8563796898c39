import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { makeSiteCertificates } from '../../sandbox/certificates.ts';
import { largeReviews } from './large-review-bodies.ts';
import { type Measurement, megabytes, milliseconds, percentile } from './measurement.ts';
import { residentBytes } from './process-usage.ts';
import { demotion } from './reviews.ts';
import { createClasses, createReplications, createVolumes } from './volumes.ts';
import { clusterOf, environment, executable, until, withSandbox } from './workbench.ts';

const volumes = 2_000;
const bytes = 6.8 * 1024 * 1024;
const atOnce = 30;
const limit = '< 512 MiB';

/** The most that was resident since the last call (Linux counts it for us). */
const peakBytes = (pid: number): number => {
  const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return Number(match?.[1] ?? Number.NaN) * 1024;
};

const freePort = async (): Promise<number> => {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const startWebhook = async (home: string): Promise<{ child: ChildProcess; pid: number; url: string }> => {
  const { serverCert, serverKey } = await makeSiteCertificates({ site: 'bench', now: Date.now() });
  const directory = join(home, 'certificate');
  mkdirSync(directory, { recursive: true });
  const [cert, key] = [join(directory, 'tls.crt'), join(directory, 'tls.key')];
  writeFileSync(cert, serverCert);
  writeFileSync(key, serverKey, { mode: 0o600 });
  const port = await freePort();
  const flags = [
    'serve',
    '--context=cluster-1',
    `--bind-address=127.0.0.1:${port}`,
    '--metrics-bind-address=0',
    `--cert-file=${cert}`,
    `--key-file=${key}`,
    '--drain-delay=0s',
    '--log-level=error',
  ];
  const child = spawn(executable('dr-webhook'), flags, {
    env: environment(home),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return { child, pid: child.pid ?? Number.NaN, url: `https://127.0.0.1:${port}/validate/guard?timeout=10s` };
};

type Answer = { status: number; ms: number };

const send = (url: string, agent: Agent, body: Buffer): Promise<Answer> =>
  new Promise((resolve) => {
    const begun = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    // Whether the certificate is right is tested elsewhere.
    const sent = request(url, { method: 'POST', agent, headers, rejectUnauthorized: false }, (answer) => {
      answer
        .resume()
        .on('end', () => resolve({ status: answer.statusCode ?? 0, ms: performance.now() - begun }));
    });
    sent.on('error', () => resolve({ status: 0, ms: performance.now() - begun }));
    sent.end(body);
  });

/** As an API server does: what is pushed back is sent again, as long as the review has time. */
const sendUntilAnswered = async (url: string, body: Buffer): Promise<Answer & { pushedBack: number }> => {
  const agent = new Agent({ keepAlive: true });
  const begun = performance.now();
  let pushedBack = 0;
  try {
    for (;;) {
      const { status } = await send(url, agent, body);
      const ms = performance.now() - begun;
      if (status !== 429 || ms > 9_000) return { status, ms, pushedBack };
      pushedBack += 1;
      await delay(1_000);
    }
  } finally {
    agent.destroy();
  }
};

/** Sends small reviews one each 10 ms until stopped; answers their latencies. */
const sendSmall = (url: string): { stop(): Promise<number[]> } => {
  const agent = new Agent({ keepAlive: true });
  const latencies: number[] = [];
  const running = new Set<Promise<void>>();
  let index = 0;
  const timer = setInterval(() => {
    const body = Buffer.from(JSON.stringify(demotion(index++ % volumes, 10_000)));
    const sent = send(url, agent, body).then(({ ms }) => void latencies.push(ms));
    running.add(sent);
    void sent.finally(() => running.delete(sent));
  }, 10);
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(running);
      agent.destroy();
      return latencies;
    },
  };
};

async function* measureOne(
  name: string,
  body: Buffer,
  { pid, url }: { pid: number; url: string },
): AsyncGenerator<Measurement> {
  peakBytes(pid);
  const beside = sendSmall(url);
  const single: number[] = [];
  for (let round = 0; round < 5; round += 1) single.push((await sendUntilAnswered(url, body)).ms);
  const latencies = await beside.stop();
  yield { what: `${name}: one at a time, p50`, figure: milliseconds(percentile(single, 0.5)) };
  yield { what: `${name}: small reviews beside it, p50`, figure: milliseconds(percentile(latencies, 0.5)) };
  yield { what: `${name}: small reviews beside it, slowest`, figure: milliseconds(Math.max(...latencies)) };
  yield { what: `${name}: peak, one at a time`, figure: megabytes(peakBytes(pid)), target: limit };
  const amid = sendSmall(url);
  const answers = await Promise.all(Array.from({ length: atOnce }, () => sendUntilAnswered(url, body)));
  const besides = await amid.stop();
  const judged = answers.filter(({ status }) => status === 200).length;
  const pushedBack = answers.reduce((sum, one) => sum + one.pushedBack, 0);
  yield { what: `${name}: ${atOnce} at once, judged`, figure: `${judged} (${pushedBack} times 429)` };
  yield {
    what: `${name}: ${atOnce} at once, slowest`,
    figure: milliseconds(Math.max(...answers.map(({ ms }) => ms))),
  };
  yield { what: `${name}: small reviews beside these, p50`, figure: milliseconds(percentile(besides, 0.5)) };
  yield { what: `${name}: small reviews beside these, slowest`, figure: milliseconds(Math.max(...besides)) };
  yield { what: `${name}: peak, ${atOnce} at once`, figure: megabytes(peakBytes(pid)), target: limit };
  yield { what: `${name}: right after`, figure: megabytes(residentBytes(pid)) };
  await delay(10_000);
  yield { what: `${name}: 10 s after`, figure: megabytes(residentBytes(pid)) };
}

/** What large reviews cost: memory while they are judged and after, and the time of small ones beside them. */
export async function* measureLargeReviews(home: string): AsyncIterable<Measurement> {
  yield* withSandbox(home, ['--no-controller', '--no-webhook'], async function* () {
    const cluster = clusterOf(home, 'cluster-1');
    await createClasses(cluster);
    await createVolumes(cluster, 0, volumes);
    await createReplications(cluster, 0, volumes);
    cluster.close();
    const webhook = await startWebhook(home);
    try {
      const probe = Buffer.from(JSON.stringify(demotion(0, 2_000)));
      await until(async () => (await sendUntilAnswered(webhook.url, probe)).status === 200, 60_000);
      await delay(5_000);
      yield { what: 'at rest', figure: megabytes(residentBytes(webhook.pid)) };
      for (const [name, body] of largeReviews(bytes)) yield* measureOne(name, body, webhook);
    } finally {
      webhook.child.kill('SIGTERM');
      await once(webhook.child, 'exit');
    }
  });
}
