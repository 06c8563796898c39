import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAuthority, makeServerCertificate } from './kube-apiserver/certificates.ts';
import { startClusterControllers } from './kube-apiserver/cluster-controllers.ts';
import { installCrds } from './kube-apiserver/crds.ts';
import { startEmbeddedServer } from './kube-apiserver/embedded-server.ts';
import { createHttpsClient, type HttpsClient } from './kube-apiserver/https-client.ts';
import { findRealServer, startRealServer } from './kube-apiserver/real-server.ts';
import { readRecording } from './kube-apiserver/recording.ts';
import { createReplayer, type Replayer } from './kube-apiserver/replay.ts';
import type { Target } from './kube-apiserver/target.ts';
import { startWebhook, type Webhook } from './kube-apiserver/webhook.ts';

// A recording of kube-apiserver 1.36 with its controllers, replayed entry by entry. What the embedded server cannot say alike is
// listed in its target, with the reason; the list is checked, too.
const realServer = findRealServer(process.env);

const targets: { name: string; start: () => Promise<Target>; skip: boolean }[] = [
  { name: 'the embedded server', start: startEmbeddedServer, skip: false },
  {
    name: 'a real kube-apiserver',
    start: () => startRealServer(realServer ?? ''),
    skip: realServer === undefined,
  },
];

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
    stopControllers = await startClusterControllers(target.access);
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

  test.skipIf(skip).each(readRecording())('$title', async (entry) => {
    const found = await replay(entry);
    const reason = target.differs[entry.title];
    if (reason === undefined) expect(found).toEqual([]);
    else expect(found, `it agrees now, take it off the list: ${reason}`).not.toEqual([]);
  });
});
