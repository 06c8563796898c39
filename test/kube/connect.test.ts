import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { ApiError, isNotFound, isNotServed } from '../../kube/api-error.ts';
import { connect } from '../../kube/connect.ts';
import { type EmbeddedCluster, kubeconfigFor, startEmbeddedCluster } from './embedded-cluster.ts';
import { type ScriptedServer, sendJson, startScriptedServer } from './scripted-server.ts';

const configMap = (name: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { key: 'value' },
});

describe('against an API server', () => {
  let embedded: EmbeddedCluster;
  beforeAll(async () => {
    embedded = await startEmbeddedCluster();
  });
  afterAll(() => embedded.close());

  test('objects are created, read, changed in every way and deleted', async () => {
    const { cluster } = embedded;
    const key = { name: 'a', namespace: 'default' };
    const made = await cluster.create(resources.configMaps, configMap('a'));
    expect(made.metadata.uid).toBeDefined();
    await cluster.patch(resources.configMaps, key, { data: { merged: '1' } }, { type: 'merge' });
    const operation = [{ op: 'add', path: '/data/json', value: '2' }];
    await cluster.patch(resources.configMaps, key, operation, { type: 'json' });
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { applied: '3' } };
    await cluster.patch(resources.configMaps, key, applied, {
      type: 'apply',
      fieldManager: 'test',
      force: true,
    });
    const read = await cluster.get(resources.configMaps, key);
    expect(read['data']).toEqual({ key: 'value', merged: '1', json: '2', applied: '3' });
    await cluster.replace(resources.configMaps, { ...read, data: { only: 'this' } });
    await cluster.delete(resources.configMaps, key);
    await expect(cluster.get(resources.configMaps, key)).rejects.toSatisfy(isNotFound);
  });

  test('a dry run changes nothing', async () => {
    const { cluster } = embedded;
    await cluster.create(resources.configMaps, configMap('dry'), { dryRun: true });
    await expect(cluster.get(resources.configMaps, { name: 'dry', namespace: 'default' })).rejects.toSatisfy(
      isNotFound,
    );
  });

  test('all pages of a list are read, and its items say what they are', async () => {
    const { cluster } = embedded;
    const names = Array.from({ length: 7 }, (_, index) => `page-${index}`);
    for (const name of names) await cluster.create(resources.configMaps, configMap(name));
    const { items } = await cluster.listAll(resources.configMaps, { namespace: 'default', limit: 2 });
    expect(items.map(({ metadata }) => metadata.name).filter((name) => name?.startsWith('page-'))).toEqual(
      names,
    );
    expect(items[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
  });

  test('a failure is an ApiError with the reason and text of the server', async () => {
    const failure = await embedded.cluster
      .get(resources.secrets, { name: 'none', namespace: 'default' })
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApiError);
    expect(failure).toMatchObject({ code: 'NotFound', httpStatus: 404, message: 'secrets "none" not found' });
  });

  test('a kind that is not served is told apart from an object that is not there', async () => {
    const failure = embedded.cluster.list(resources.volumeReplications);
    await expect(failure).rejects.toSatisfy(isNotServed);
  });

  test('a watch gives changes as they come and ends with its signal', async () => {
    const { cluster } = embedded;
    const ending = new AbortController();
    const { resourceVersion } = await cluster.list(resources.configMaps, { namespace: 'default' });
    const events = cluster.watch(resources.configMaps, { resourceVersion, signal: ending.signal });
    await cluster.create(resources.configMaps, configMap('watched'));
    for await (const event of events) {
      expect(event).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'watched' } } });
      break;
    }
    const reading = cluster.watch(resources.configMaps, { resourceVersion, signal: ending.signal });
    ending.abort();
    await expect(reading[Symbol.asyncIterator]().next()).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a request acts as the user and groups that are impersonated', async () => {
    const bob = embedded.connectAgain({ impersonate: { user: 'bob', groups: ['developers', 'testers'] } });
    const failure = await bob
      .list(resources.secrets, { namespace: 'default' })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'Forbidden', message: expect.stringContaining('User "bob"') });
  });

  test('a server signed by another authority is refused in words', async () => {
    const stranger = { ...embedded.certificates, ca: (await strangerCertificates()).ca };
    const cluster = connect({ kubeconfig: kubeconfigFor(embedded.server.url, stranger) });
    await expect(cluster.request('GET', '/version')).rejects.toMatchObject({
      code: 'CertificateInvalid',
      message: expect.stringContaining('unknown authority'),
    });
    cluster.close();
  });

  test.each([
    ['ca', 'certificate-authority of cluster '],
    ['clientCert', 'client-certificate of user '],
    ['clientKey', 'client-key of user '],
  ] as const)('a %s that was cut off is named with its owner', async (part, what) => {
    const whole = embedded.certificates;
    const damaged = { ...whole, [part]: whole[part].slice(0, 200) };
    const cluster = connect({ kubeconfig: kubeconfigFor(embedded.server.url, damaged) });
    await expect(cluster.request('GET', '/version')).rejects.toMatchObject({
      code: 'KubeconfigInvalid',
      message: expect.stringContaining(what),
    });
    cluster.close();
  });
});

const strangerCertificates = async () => {
  const { makeSiteCertificates } = await import('../../sandbox/certificates.ts');
  return makeSiteCertificates({ site: 'stranger', now: Date.now() });
};

describe('against a server that misbehaves', () => {
  let scripted: ScriptedServer | undefined;
  afterEach(async () => {
    await scripted?.close();
    scripted = undefined;
  });

  test('a request that is turned away is sent again after Retry-After, a write too', async () => {
    scripted = await startScriptedServer((_, response, number) =>
      number === 1
        ? sendJson(
            response,
            429,
            { kind: 'Status', reason: 'TooManyRequests', code: 429 },
            { 'Retry-After': '1' },
          )
        : sendJson(response, 201, configMap('a')),
    );
    const startedAt = performance.now();
    await scripted.cluster.create(resources.configMaps, configMap('a'));
    expect(scripted.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
  });

  test('a read is sent again after an internal error, a write is not', async () => {
    scripted = await startScriptedServer((_, response) =>
      sendJson(response, 500, { kind: 'Status', code: 500 }),
    );
    const key = { name: 'a', namespace: 'default' };
    await expect(
      scripted.cluster.patch(resources.configMaps, key, {}, { type: 'merge' }),
    ).rejects.toMatchObject({
      httpStatus: 500,
    });
    expect(scripted.requests).toHaveLength(1);
    await expect(scripted.cluster.get(resources.configMaps, key, { timeoutMs: 1_000 })).rejects.toMatchObject(
      {
        httpStatus: 500,
      },
    );
    expect(scripted.requests.length).toBeGreaterThan(2);
  });

  test('one connection serves requests that follow each other', async () => {
    scripted = await startScriptedServer((_, response) => sendJson(response, 200, {}));
    for (let count = 0; count < 5; count += 1) await scripted.cluster.request('GET', '/version');
    expect(scripted.connections()).toBe(1);
  });

  test('a kept connection that the server closed is replaced, except for what must not happen twice', async () => {
    scripted = await startScriptedServer((request, response) => {
      response.once('finish', () => setImmediate(() => request.socket.destroy()));
      sendJson(response, 200, {});
    });
    const { cluster } = scripted;
    const key = { name: 'a', namespace: 'default' };
    for (let count = 0; count < 20; count += 1) {
      await cluster.patch(resources.configMaps, key, { data: { count: String(count) } }, { type: 'merge' });
    }
    expect(scripted.requests).toHaveLength(20);
  });

  test('no more connections are opened than allowed, however many requests wait', async () => {
    scripted = await startScriptedServer((_, response) => setTimeout(() => sendJson(response, 200, {}), 5), {
      maxSockets: 3,
    });
    const { cluster } = scripted;
    await Promise.all(Array.from({ length: 30 }, () => cluster.request('GET', '/version')));
    expect(scripted.connections()).toBe(3);
  });

  test('an answer that does not come ends the request in time', async () => {
    scripted = await startScriptedServer(() => undefined);
    await expect(scripted.cluster.request('GET', '/version', { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'RequestTimeout',
      message: expect.stringMatching(/^site: no answer from 127.0.0.1:\d+ within 0.1s$/),
    });
  });

  test('an answer that stops in the middle ends the request in time', async () => {
    scripted = await startScriptedServer((_, response) => response.writeHead(200).write('{"kind":'));
    await expect(scripted.cluster.request('GET', '/version', { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'RequestTimeout',
    });
  });

  test('an abort ends a request at once', async () => {
    scripted = await startScriptedServer(() => undefined);
    const ending = new AbortController();
    const request = scripted.cluster.request('GET', '/version', { signal: ending.signal });
    ending.abort();
    await expect(request).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('warnings are handed over', async () => {
    const warnings: string[] = [];
    scripted = await startScriptedServer(
      (_, response) =>
        sendJson(response, 200, {}, { Warning: ['299 - "first"', '299 - "say \\"second\\""'] }),
      { onWarning: (text) => warnings.push(text) },
    );
    await scripted.cluster.request('GET', '/version');
    expect(warnings).toEqual(['first', 'say "second"']);
  });

  test('a compressed list is read', async () => {
    scripted = await startScriptedServer((request, response) => {
      expect(request.headers['accept-encoding']).toBe('gzip');
      const body = gzipSync(JSON.stringify({ metadata: { resourceVersion: '7' }, items: [configMap('z')] }));
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(body);
    });
    const list = await scripted.cluster.list(resources.configMaps);
    expect(list.items.map(({ metadata }) => metadata.name)).toEqual(['z']);
  });

  test('impersonation sends each group as a header of its own', async () => {
    scripted = await startScriptedServer(
      (request, response) => sendJson(response, 200, request.headersDistinct),
      {
        impersonate: { user: 'bob', uid: '7', groups: ['a', 'b'], extra: { 'example.com/x': ['1'] } },
      },
    );
    expect(await scripted.cluster.request('GET', '/version')).toMatchObject({
      'impersonate-user': ['bob'],
      'impersonate-uid': ['7'],
      'impersonate-group': ['a', 'b'],
      'impersonate-extra-example.com%2fx': ['1'],
    });
  });

  test('a plugin of the kubeconfig gives the token, and is asked again when the server refuses it', async () => {
    scripted = await startScriptedServer((request, response, number) =>
      number === 1
        ? sendJson(response, 401, {
            kind: 'Status',
            reason: 'Unauthorized',
            message: 'Unauthorized',
            code: 401,
          })
        : sendJson(response, 200, { authorization: request.headers.authorization }),
    );
    const status = { token: 'from-plugin' };
    const credential = JSON.stringify({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status,
    });
    const exec = { command: '/bin/echo', args: [credential], interactiveMode: 'Never' };
    const kubeconfig = kubeconfigFor(scripted.url, await certificatesOf(scripted), {
      user: { clientCertificate: undefined, clientKey: undefined, exec },
      cluster: { certificateAuthority: undefined, insecureSkipTlsVerify: true },
    });
    const cluster = connect({ kubeconfig });
    expect(await cluster.request('GET', '/version')).toEqual({ authorization: 'Bearer from-plugin' });
    expect(scripted.requests).toHaveLength(2);
    cluster.close();
  });

  test('a plugin that fails is named', async () => {
    scripted = await startScriptedServer((_, response) => sendJson(response, 200, {}));
    const exec = { command: '/bin/sh', args: ['-c', 'echo not logged in >&2; exit 1'] };
    const kubeconfig = kubeconfigFor(scripted.url, await certificatesOf(scripted), { user: { exec } });
    const cluster = connect({ kubeconfig });
    await expect(cluster.request('GET', '/version')).rejects.toMatchObject({
      code: 'CredentialPluginFailed',
      message: expect.stringContaining('/bin/sh: not logged in'),
    });
    cluster.close();
  });

  test('a plugin that is missing is named, with what the kubeconfig says about getting it', async () => {
    scripted = await startScriptedServer((_, response) => sendJson(response, 200, {}));
    const exec = { command: 'no-such-login-tool', installHint: 'brew install no-such-login-tool\nor ask' };
    const kubeconfig = kubeconfigFor(scripted.url, await certificatesOf(scripted), { user: { exec } });
    const cluster = connect({ kubeconfig });
    await expect(cluster.request('GET', '/version')).rejects.toMatchObject({
      code: 'CredentialPluginFailed',
      message: expect.stringMatching(/no-such-login-tool is not on PATH; brew install no-such-login-tool$/),
      hint: 'brew install no-such-login-tool',
    });
    cluster.close();
  });
});

const certificatesOf = async (_: ScriptedServer) => strangerCertificates();

test('a server that is not there is told in words', async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const cluster = connect({ kubeconfig: kubeconfigFor(`https://127.0.0.1:${port}`) });
  await expect(cluster.request('GET', '/version')).rejects.toMatchObject({
    code: 'Unreachable',
    message: `site: connection refused by 127.0.0.1:${port}`,
  });
  cluster.close();
});
