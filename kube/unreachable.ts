import { DrError, messageOf } from '../core/model/error.ts';

type Explanation = { code: string; message: string; hint: string };

const certificateHint =
  'compare certificate-authority-data of the kubeconfig with the server, or renew the certificate';

/** What Node's error codes mean to a person; `{host}` is the server's host and port. */
const explanations: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: {
    code: 'Unreachable',
    message: 'connection refused by {host}',
    hint: 'is the API server running, and is this its port?',
  },
  ENOTFOUND: {
    code: 'Unreachable',
    message: 'no such host {host}',
    hint: 'check the server name in the kubeconfig',
  },
  EAI_AGAIN: {
    code: 'Unreachable',
    message: 'no such host {host}: name lookup failed',
    hint: 'check the network and DNS',
  },
  ECONNRESET: {
    code: 'Unreachable',
    message: 'connection to {host} was reset',
    hint: 'try again; is a proxy in between?',
  },
  EPIPE: { code: 'Unreachable', message: 'connection to {host} was closed', hint: 'try again' },
  ETIMEDOUT: {
    code: 'Unreachable',
    message: 'connection to {host} timed out',
    hint: 'is the network up, is a VPN needed?',
  },
  EHOSTUNREACH: {
    code: 'Unreachable',
    message: 'no route to {host}',
    hint: 'is the network up, is a VPN needed?',
  },
  ENETUNREACH: {
    code: 'Unreachable',
    message: 'no route to {host}',
    hint: 'is the network up, is a VPN needed?',
  },
  CERT_HAS_EXPIRED: {
    code: 'CertificateInvalid',
    message: 'the certificate of {host} has expired',
    hint: 'renew the certificate of the server',
  },
  CERT_NOT_YET_VALID: {
    code: 'CertificateInvalid',
    message: 'the certificate of {host} is not valid yet',
    hint: 'are the clocks right?',
  },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    code: 'CertificateInvalid',
    message: 'the certificate of {host} is for other names',
    hint: 'set tls-server-name in the kubeconfig, or use a name that the certificate has',
  },
  EPROTO: {
    code: 'Unreachable',
    message: '{host} does not speak TLS as expected',
    hint: 'is the scheme of the server right (http, https)?',
  },
};

const unknownAuthority: Explanation = {
  code: 'CertificateInvalid',
  message: 'the certificate of {host} is signed by an unknown authority',
  hint: certificateHint,
};

const untrusted = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
  'CERT_SIGNATURE_FAILURE',
]);

/** The error code under an error of a socket; Node wraps the attempts on several addresses of one host. */
export const socketErrorCode = (error: unknown): string => {
  if (error instanceof AggregateError && error.errors.length > 0) return socketErrorCode(error.errors[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
};

const explain = (error: unknown): Explanation => {
  const code = socketErrorCode(error);
  if (untrusted.has(code)) return unknownAuthority;
  const known = explanations[code];
  if (known !== undefined) return known;
  if (code.includes('SSL') && code.includes('ALERT')) {
    return {
      code: 'CertificateInvalid',
      message: '{host} refused our client certificate',
      hint: 'renew the client certificate in the kubeconfig',
    };
  }
  return { code: 'Unreachable', message: `{host} cannot be reached: ${messageOf(error)}`, hint: 'try again' };
};

/** A failed connection as one line: site, what, which host, what to do. */
export const unreachable = (site: string, server: URL, error: unknown): DrError => {
  const { code, message, hint } = explain(error);
  return new DrError({
    code,
    message: `${site}: ${message.replace('{host}', server.host)}`,
    hint,
    cause: error,
  });
};

/** The server took the request and did not answer in time. */
export const requestTimedOut = (site: string, server: URL, timeoutMs: number): DrError =>
  new DrError({
    code: 'RequestTimeout',
    message: `${site}: no answer from ${server.host} within ${timeoutMs / 1000}s`,
    hint: 'is the API server overloaded or cut off? a longer --request-timeout waits longer',
  });
