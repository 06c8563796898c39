import { type FileSource, keepInFiles } from './keep-in-files.ts';
import { keepInSecret, type SecretSource } from './keep-in-secret.ts';
import type { KeepOptions } from './keep-options.ts';
import type { ServedCertificates } from './served-certificates.ts';

/** Where the server's certificates come from, and what keeping them needs. */
export type CertificateOptions = KeepOptions & { readonly source: SecretSource | FileSource };

/** Starts looking after the server's certificates; nothing is awaited, `current` and `onChange` tell when there is one. */
export const createCertificates = ({ source, ...options }: CertificateOptions): ServedCertificates =>
  source.kind === 'files' ? keepInFiles(source, options) : keepInSecret(source, options);
