import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority, makeServerCertificate } from './certificates.ts';
import { startClusterControllers } from './cluster-controllers.ts';
import { installCrds } from './crds.ts';
import { startEmbeddedServer } from './embedded-server.ts';
import { createHttpsClient, type HttpsClient } from './https-client.ts';
import { findRealServer, startRealServer } from './real-server.ts';
import { readRecording } from './recording.ts';
import { createReplayer, type Replayer } from './replay.ts';
import type { Target } from './target.ts';
import { startWebhook, type Webhook } from './webhook.ts';

const realServer = findRealServer(process.env);

const targets: { name: string; start: () => Promise<Target>; skip: boolean }[] = [
  { name: 'the embedded server', start: startEmbeddedServer, skip: false },
  {
    name: 'a real kube-apiserver',
    start: () => startRealServer(realServer ?? ''),
    skip: realServer === undefined,
  },
];

export type RecordingOptions = {
  /** Whether the recording tells of states that only cluster controllers bring about. */
  controllers: boolean;
  /** Entries, by title, that the embedded server does not answer alike, and why. */
  differs: Readonly<Record<string, string>>;
};

const startControllers = async (needed: boolean, target: Target): Promise<() => void> =>
  needed ? startClusterControllers(target.access) : () => undefined;

/** Replays a recording against each target, one test per entry, in order: entries build on each other. */
export const describeRecording = (name: string, { controllers, differs }: RecordingOptions): void => {
  const entries = readRecording(name);

  test('only recorded entries are listed as answered differently', () => {
    expect(entries.map(({ title }) => title)).toEqual(expect.arrayContaining(Object.keys(differs)));
  });

  describe.each(targets)('the recorded answers, from $name', ({ start, skip }) => {
    let target: Target;
    let client: HttpsClient;
    let webhook: Webhook;
    let replay: Replayer;
    let stopControllers: () => void;

    beforeAll(async () => {
      if (skip) return;
      target = await start();
      client = createHttpsClient(target.access);
      await installCrds(client);
      stopControllers = await startControllers(controllers, target);
      const authority = makeAuthority();
      webhook = await startWebhook(makeServerCertificate(authority));
      replay = createReplayer({ client, webhook, caBundle: Buffer.from(authority.cert).toString('base64') });
    });

    afterAll(async () => {
      await webhook?.close();
      stopControllers?.();
      client?.close();
      await target?.stop();
    });

    test.skipIf(skip).each(entries)('$title', async (entry) => {
      const found = await replay(entry);
      const reason = target.isEmbedded ? differs[entry.title] : undefined;
      if (reason === undefined) expect(found).toEqual([]);
      else expect(found, `it agrees now, take it off the list: ${reason}`).not.toEqual([]);
    });
  });
};
