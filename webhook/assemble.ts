import { readFile } from 'node:fs/promises';
import { DrError, messageOf } from '../core/model/error.ts';
import type { Cluster } from '../kube/cluster.ts';
import { createPeerLook } from '../kube/peer-look.ts';
import { certificateNames } from './certificates/certificate-names.ts';
import { type CertificateOptions, createCertificates } from './certificates/create-certificates.ts';
import type { ServedCertificates } from './certificates/served-certificates.ts';
import type { FactSource } from './fact-source.ts';
import { type FollowedCaches, startCaches } from './facts/caches.ts';
import { createFactSource } from './facts/create-fact-source.ts';
import { createClaimReader } from './facts/read-live-claim.ts';
import { createAccessReview } from './facts/review-access.ts';
import type { ServeFlags } from './flags.ts';
import type { WebhookLog } from './webhook-log.ts';

/** What a webhook is made of. */
export type WebhookOptions = {
  readonly flags: ServeFlags;
  readonly cluster: Cluster;
  /** The other site; undefined where none is configured. */
  readonly peer: Cluster | undefined;
  /** Unique per process: the holder of the Lease. */
  readonly identity: string;
  /** Ends the webhook: it pushes its callers away first. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: WebhookLog;
};

/** The parts of a webhook before it listens: caches fill, and certificates are looked after. */
export type Parts = {
  readonly caches: FollowedCaches;
  readonly facts: FactSource;
  readonly certificates: ServedCertificates;
  /** PEM; undefined where callers need not show a certificate. */
  readonly clientCa: string | undefined;
  close(): void;
};

const sourceOf = ({ flags, cluster, identity }: WebhookOptions): CertificateOptions['source'] => {
  const { certificateFiles, namespace, service, url, leaderElection } = flags;
  if (certificateFiles !== undefined) return { kind: 'files', ...certificateFiles };
  return {
    kind: 'secret',
    cluster,
    namespace,
    names: certificateNames({ service: { namespace, name: service }, url }),
    identity: leaderElection ? identity : undefined,
  };
};

const readClientCa = async (file: string | undefined): Promise<string | undefined> => {
  if (file === undefined) return undefined;
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new DrError({
      code: 'FlagInvalid',
      message: `--client-ca-file: ${file} cannot be read: ${messageOf(error)}`,
      hint: 'give the file that holds the CA of the API servers in PEM',
      cause: error,
    });
  }
};

/** Puts the parts together; all of them end with the signal. Rejects with `FlagInvalid`. */
export const assembleWebhook = async (options: WebhookOptions, ending: AbortSignal): Promise<Parts> => {
  const { flags, cluster, peer, now, random, log } = options;
  const clientCa = await readClientCa(flags.clientCaFile);
  const common = { signal: ending, now, random, log };
  const source = sourceOf(options);
  const caches = startCaches({ ...common, cluster });
  const peerLook = peer && createPeerLook({ ...common, peer });
  const facts = createFactSource({
    caches,
    peer: peerLook,
    reviewAccess: createAccessReview(cluster),
    readClaim: createClaimReader(cluster),
    lifecycleOwners: flags.lifecycleOwners,
    withoutPeer: flags.withoutPeer,
    now,
    maxCacheAgeMs: flags.maxCacheAgeMs,
  });
  const certificates = createCertificates({ ...common, source });
  return { caches, facts, certificates, clientCa, close: () => peerLook?.close() };
};
