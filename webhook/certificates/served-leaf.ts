import { lifeOf } from './read-certificate.ts';
import type { CertificateCheck, ServedLeaf } from './served-certificates.ts';
import type { KeyPair } from './sign-certificate.ts';

/** Holds what is served now, and tells listeners when that changes. */
export type LeafHolder = {
  current(): ServedLeaf | undefined;
  onChange(listener: (leaf: ServedLeaf) => void): () => void;
  serve(pair: KeyPair): ServedLeaf;
};

/** A holder that serves nothing yet. */
export const createLeafHolder = (): LeafHolder => {
  const listeners = new Set<(leaf: ServedLeaf) => void>();
  let served: ServedLeaf | undefined;
  return {
    current: () => served,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    serve: ({ certificate, key }) => {
      const leaf = { cert: certificate, key, notAfter: lifeOf(certificate).notAfter };
      served = leaf;
      for (const listener of listeners) listener(leaf);
      return leaf;
    },
  };
};

/** Whether a leaf is served and in its time; `whyNone` says why there is none. */
export const checkServed = (leaf: ServedLeaf | undefined, now: number, whyNone: string): CertificateCheck => {
  if (leaf === undefined) return { ok: false, why: whyNone };
  const { notBefore, notAfter } = lifeOf(leaf.cert);
  if (now >= notAfter)
    return { ok: false, why: `the certificate served expired at ${new Date(notAfter).toISOString()}` };
  if (now < notBefore)
    return { ok: false, why: `the certificate served holds from ${new Date(notBefore).toISOString()} only` };
  return { ok: true };
};
