/** What the server shows to its callers, as PEM. */
export type ServedLeaf = {
  /** The leaf, and intermediates where there are any. */
  readonly cert: string;
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
};

/** One reason of readiness; `why` is one clause without a full stop. */
export type CertificateCheck = { readonly ok: true } | { readonly ok: false; readonly why: string };

/** Where a rotation of the authority stands; `files`: somebody else rotates. `none`: nothing was read yet. */
export type RotationPhase = 'files' | 'none' | 'steady' | 'prepare' | 'retire';

/** What readiness, metrics and the log say about certificates. */
export type CertificatesState = {
  /** A leaf is served, and its time is right. */
  readonly certificate: CertificateCheck;
  /** The registrations carry a CA bundle that verifies the leaf that is served. With files it is not ours to look after. */
  readonly bundle: CertificateCheck;
  readonly phase: RotationPhase;
  /** This process writes the Secret and the bundles. */
  readonly isLeader: boolean;
  /** What does not stop the webhook, but wants a person's eyes; one clause each. */
  readonly remarks: readonly string[];
};

/** Certificates that look after themselves until the signal given at their making aborts. */
export type ServedCertificates = {
  /** What to serve now; undefined while there is none that a caller could verify. It never goes back to undefined. */
  current(): ServedLeaf | undefined;
  /** Calls back after each change of `current`; the answer ends that. The listener must not throw. */
  onChange(listener: (leaf: ServedLeaf) => void): () => void;
  state(): CertificatesState;
  /** Looks at Secret, registrations or files now instead of at the next event or poll. */
  refresh(): void;
  /** Settles once all work has ended after the abort, the Lease given back. It never rejects. */
  readonly ended: Promise<void>;
};
