import { X509Certificate } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { connect } from 'node:tls';
import { messageOf } from '../../core/model/error.ts';
import type { ListenAddress } from '../../kube/program/listen.ts';
import type { ServedLeaf } from '../certificates/served-certificates.ts';
import type { ReadinessCheck } from './readiness.ts';

export type SelfProbeOptions = {
  /** Where the server listens, as it was told; an empty host or an unspecified address stands for all of this machine's. */
  readonly address: ListenAddress;
  readonly expected: Pick<ServedLeaf, 'cert'>;
  readonly timeoutMs: number;
};

const ownHost = (host: string | undefined): string => {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  return isIPv6(host) && /^[0:]+$/.test(host) ? '::1' : host;
};

/** The certificate that a handshake with ourselves shows. It is compared, so that it need not be trusted. */
const shownBy = ({ address, timeoutMs }: SelfProbeOptions): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const host = ownHost(address.host);
    const socket = connect({
      host,
      port: address.port,
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    socket.setTimeout(timeoutMs, () => fail(new Error(`no handshake within ${timeoutMs} ms`)));
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      // In good order: what is torn down here would count as a failed handshake over there.
      socket.end();
      if (raw === undefined) reject(new Error('no certificate was shown'));
      else resolve(raw);
    });
  });

/** Whether our own listener answers a handshake with the certificate that it should show. */
export const probeSelf = async (options: SelfProbeOptions): Promise<ReadinessCheck['result']> => {
  try {
    const shown = await shownBy(options);
    const expected = new X509Certificate(options.expected.cert).raw;
    return shown.equals(expected)
      ? { ok: true }
      : { ok: false, why: 'the listener shows another certificate than the current one' };
  } catch (error) {
    return { ok: false, why: `the listener does not answer: ${messageOf(error)}` };
  }
};
