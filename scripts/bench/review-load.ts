// Sends reviews over kept-alive TLS connections from a process of its own, so that measuring does not slow what is measured.
// Reads one JSON object of options on its standard input and prints one of what it saw.
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { claimDeletion, demotion, secondPrimary } from './reviews.ts';

/** What is to be sent. */
export type LoadOptions = {
  url: string;
  seconds: number;
  /** Reviews a second, evenly spread; undefined: as many as are answered. */
  perSecond?: number;
  connections: number;
  bytes: number;
  /** The volumes that reviews are about: `bench-0` up to this. */
  volumes: number;
};

/** What came back: latencies in milliseconds, in no order. */
export type LoadSeen = {
  answered: number;
  allowed: number;
  refused: number;
  failed: string[];
  latencies: number[];
  perSecond: number;
};

const kinds = [demotion, secondPrimary, claimDeletion];

const bodiesOf = ({ volumes, bytes }: LoadOptions): { uid: string; body: Buffer }[] =>
  Array.from({ length: Math.min(volumes, Math.max(3, Math.floor(30_000_000 / bytes))) }, (_, index) => {
    const review = (kinds[index % kinds.length] ?? demotion)(index, bytes);
    return { uid: review.request.uid, body: Buffer.from(JSON.stringify(review)) };
  });

const send = (url: string, agent: Agent, { uid, body }: { uid: string; body: Buffer }): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    // Whether the certificate is right is tested elsewhere.
    const sent = request(url, { method: 'POST', agent, headers, rejectUnauthorized: false }, (answer) => {
      let received = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        received += chunk;
      });
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode !== 200)
          return reject(new Error(`HTTP ${answer.statusCode}: ${received.slice(0, 200)}`));
        const { response } = JSON.parse(received) as {
          response: { uid: string; allowed: boolean; status?: { code?: number } };
        };
        if (response.uid !== uid) return reject(new Error('the uid of another review'));
        if (!response.allowed && response.status?.code !== 403)
          return reject(new Error(received.slice(0, 300)));
        resolve(response.allowed);
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });

/** One worker per connection; each takes the next moment of the plan, or goes on at once where there is none. */
const load = async (options: LoadOptions): Promise<LoadSeen> => {
  const agent = new Agent({ keepAlive: true, maxSockets: options.connections, scheduling: 'fifo' });
  const bodies = bodiesOf(options);
  const seen: LoadSeen = { answered: 0, allowed: 0, refused: 0, failed: [], latencies: [], perSecond: 0 };
  const warmUpMs = 2_000;
  const begun = performance.now();
  const end = begun + warmUpMs + options.seconds * 1_000;
  let next = 0;
  const one = async (due: number): Promise<void> => {
    const body = bodies[next++ % bodies.length];
    if (body === undefined) return;
    try {
      const allowed = await send(options.url, agent, body);
      if (due < begun + warmUpMs) return;
      seen.answered += 1;
      if (allowed) seen.allowed += 1;
      else seen.refused += 1;
      seen.latencies.push(performance.now() - due);
    } catch (error) {
      seen.failed.push(error instanceof Error ? error.message : String(error));
    }
  };
  if (options.perSecond === undefined) {
    const worker = async (): Promise<void> => {
      while (performance.now() < end) await one(performance.now());
    };
    await Promise.all(Array.from({ length: options.connections }, worker));
  } else {
    await pace(options.perSecond, { begun, end }, one);
  }
  agent.destroy();
  seen.perSecond = seen.answered / options.seconds;
  return seen;
};

/** Starts each request when it is due, whether earlier ones were answered or not: a slow server is not spared. */
const pace = async (
  perSecond: number,
  { begun, end }: { begun: number; end: number },
  one: (due: number) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  let count = 0;
  while (performance.now() < end) {
    const due = begun + (count * 1_000) / perSecond;
    if (due > performance.now()) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      continue;
    }
    count += 1;
    const sent = one(performance.now());
    running.add(sent);
    void sent.finally(() => running.delete(sent));
  }
  await Promise.all(running);
};

console.log(JSON.stringify(await load(JSON.parse(await text(process.stdin)) as LoadOptions)));
