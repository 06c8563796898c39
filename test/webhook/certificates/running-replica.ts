import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:tls';
import { resources } from '../../../core/model/resource.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import { certificateNames } from '../../../webhook/certificates/certificate-names.ts';
import { type Secret, secretDataOf } from '../../../webhook/certificates/certificate-set.ts';
import { createCertificates } from '../../../webhook/certificates/create-certificates.ts';
import type { KeepOptions } from '../../../webhook/certificates/keep-options.ts';
import type { ServedCertificates } from '../../../webhook/certificates/served-certificates.ts';
import { secretName } from '../../../webhook/certificates/stored-certificates.ts';
import { buildRegistration, registrationKeys } from '../../../webhook/registration/registration.ts';
import type { WebhookConfiguration } from '../../../webhook/registration/webhook-configuration.ts';

export const namespace = 'kubectl-dr';
export const serverName = 'dr-webhook.kubectl-dr.svc';
export const names = certificateNames({ service: { namespace, name: 'dr-webhook' } });
export const secretKey = { namespace, name: secretName };

/** One replica: its certificates, and a TLS server that shows them. */
export type Replica = {
  certificates: ServedCertificates;
  port: number;
  logged: string[];
  stop(): Promise<void>;
};

/** Certificates in the Secret as the webhook keeps them, shown by a bare TLS server. `identity` undefined: no election. */
export const startReplica = async (
  cluster: Cluster,
  identity: string | undefined,
  more: Partial<KeepOptions> = {},
): Promise<Replica> => {
  const stopping = new AbortController();
  const logged: string[] = [];
  const write = (fields: unknown, message: string): void => {
    logged.push(`${message} ${JSON.stringify(fields)}`);
  };
  const certificates = createCertificates({
    source: {
      kind: 'secret',
      cluster,
      namespace,
      names,
      identity,
      electionTimes: { leaseDurationMs: 1_500, renewDeadlineMs: 1_000, retryPeriodMs: 100 },
    },
    signal: stopping.signal,
    now: Date.now,
    random: Math.random,
    log: { debug: write, info: write, warn: write },
    ...more,
  });
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end('seen');
  });
  server.on('tlsClientError', () => undefined);
  const show = (): void => {
    const leaf = certificates.current();
    if (leaf !== undefined)
      server.setSecureContext({ cert: leaf.cert, key: leaf.key, minVersion: 'TLSv1.3' });
  };
  show();
  certificates.onChange(show);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    certificates,
    logged,
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: async () => {
      stopping.abort();
      await certificates.ended;
      server.close();
    },
  };
};

/** One handshake as an API server makes it with the bundle it knows; undefined where it succeeds, else why not. */
export const shakeHands = (port: number, ca: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: serverName }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error) => resolve(error.message));
  });

const built = buildRegistration({
  target: { service: { namespace, name: 'dr-webhook' } },
  guardPolicy: 'Fail',
  namespace,
  ownAccounts: [],
});

/** Puts the three registrations in, without bundles. */
export const createRegistrations = async (cluster: Cluster): Promise<void> => {
  for (const [part, { resource }] of Object.entries(registrationKeys))
    await cluster.create(resource, built[part as keyof typeof built]);
};

export const deleteRegistrations = async (cluster: Cluster): Promise<void> => {
  for (const { resource, name } of Object.values(registrationKeys))
    await cluster.delete(resource, { name }).catch(() => undefined);
};

/** What the five webhooks carry now, as PEM. */
export const readBundles = async (cluster: Cluster): Promise<string[]> => {
  const objects = await Promise.all(
    Object.values(registrationKeys).map(({ resource, name }) =>
      cluster.get<WebhookConfiguration>(resource, { name }),
    ),
  );
  return objects
    .flatMap(({ webhooks = [] }) => webhooks)
    .map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString());
};

export const readSecret = (cluster: Cluster): Promise<Secret> =>
  cluster.get<Secret>(resources.secrets, secretKey);

/** Puts certificates of the test's own making into the Secret. */
export const seedSecret = async (
  cluster: Cluster,
  set: Parameters<typeof secretDataOf>[0],
): Promise<void> => {
  const secret: Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...secretKey },
    type: 'Opaque',
    data: secretDataOf(set),
  };
  await cluster.create(resources.secrets, secret);
};

export type Traffic = { failures: string[]; succeeded(): number; stop(): Promise<void> };

/**
 * An API server that calls each replica on a new connection, again and again, with the bundle that it saw last: it follows the
 * registration a moment late. It starts counting once everybody was answered.
 */
export const startTraffic = (cluster: Cluster, replicas: readonly Replica[]): Traffic => {
  const failures: string[] = [];
  let succeeded = 0;
  let isStopped = false;
  let known: readonly string[] = [];
  const learn = async (): Promise<void> => {
    while (!isStopped) {
      const seen = await readBundles(cluster).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
      known = seen ?? known;
    }
  };
  const call = async (replica: Replica): Promise<void> => {
    while (!isStopped) {
      const [bundle] = known;
      if (bundle === undefined) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      const why = await shakeHands(replica.port, bundle);
      if (why === undefined) succeeded += 1;
      else failures.push(why);
    }
  };
  const running = Promise.all([learn(), ...replicas.map(call)]);
  return {
    failures,
    succeeded: () => succeeded,
    stop: async () => {
      isStopped = true;
      await running;
    },
  };
};
