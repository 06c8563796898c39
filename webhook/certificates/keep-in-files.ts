import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../core/model/error.ts';
import { defaultPollMs, type KeepOptions } from './keep-options.ts';
import { isInTime, lifeOf, whyNoPair } from './read-certificate.ts';
import type { ServedCertificates, ServedLeaf } from './served-certificates.ts';
import { checkServed, createLeafHolder } from './served-leaf.ts';
import type { KeyPair } from './sign-certificate.ts';
import { createWakeUp } from './wake-up.ts';

/** Files that somebody else keeps: cert-manager through a mounted Secret, or a person. */
export type FileSource = { readonly kind: 'files'; readonly certFile: string; readonly keyFile: string };

/** A pair that does not fit was probably read in the middle of being replaced. */
const retryMs = 1_000;

const readPair = async ({ certFile, keyFile }: FileSource): Promise<KeyPair> => {
  const [certificate, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  return { certificate, key };
};

const hashOf = ({ certificate, key }: KeyPair): string =>
  createHash('sha256').update(certificate).update('\0').update(key).digest('hex');

const whyNotTaken = (pair: KeyPair, served: ServedLeaf | undefined, now: number): string | undefined => {
  const why = whyNoPair(pair.certificate, pair.key);
  if (why !== undefined || served === undefined) return why;
  // A clock or a file may be wrong; what works is not given up for what cannot.
  const wouldBreak = isInTime(lifeOf(served.cert), now) && !isInTime(lifeOf(pair.certificate), now);
  return wouldBreak ? 'the new certificate is out of its time' : undefined;
};

/**
 * Certificates from files, read again and taken over when their content has changed: by content, because a mounted Secret changes
 * by a link being swapped. A pair that does not fit together is never served; what was served before stays, and the state says so.
 */
export const keepInFiles = (source: FileSource, options: KeepOptions): ServedCertificates => {
  const { signal, now, log, pollMs = defaultPollMs } = options;
  const { certFile, keyFile } = source;
  const holder = createLeafHolder();
  const waker = createWakeUp(signal);
  let servedHash = '';
  let problem: string | undefined = 'the files were not read yet';

  const refuse = (why: string): void => {
    if (why !== problem) log.warn({ certFile, keyFile, why }, 'Certificate files not taken over');
    problem = why;
  };

  const look = async (): Promise<void> => {
    const pair = await readPair(source);
    const hash = hashOf(pair);
    const why = hash === servedHash ? undefined : whyNotTaken(pair, holder.current(), now());
    if (why !== undefined) {
      refuse(why);
      return;
    }
    problem = undefined;
    if (hash === servedHash) return;
    servedHash = hash;
    const { notAfter } = holder.serve(pair);
    log.info({ certFile, notAfter: new Date(notAfter).toISOString() }, 'Certificate files taken over');
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((thrown: unknown) => refuse(`they cannot be read: ${messageOf(thrown)}`));
      await waker.sleep(problem === undefined ? pollMs : Math.min(pollMs, retryMs));
    }
  };

  return {
    current: holder.current,
    onChange: holder.onChange,
    refresh: waker.wake,
    state: () => ({
      certificate: checkServed(holder.current(), now(), problem ?? 'the files were not read yet'),
      bundle: { ok: true },
      phase: 'files',
      isLeader: false,
      remarks: problem === undefined ? [] : [`${certFile} and ${keyFile} were not taken over: ${problem}`],
    }),
    ended: run(),
  };
};
