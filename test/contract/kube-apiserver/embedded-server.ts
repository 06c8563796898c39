import { builtInKinds } from '../../../sandbox/api-server/kinds/built-in.ts';
import { startApiServer } from '../../../sandbox/api-server/server.ts';
import { makeAdminCertificate, makeAuthority, makeServerCertificate } from './certificates.ts';
import type { Target } from './target.ts';

/** Starts the API server of the sandbox in this process. */
export const startEmbeddedServer = async (): Promise<Target> => {
  const authority = makeAuthority();
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    tls: makeServerCertificate(authority),
    clientCa: authority.cert,
    kinds: builtInKinds,
    now: () => Date.now(),
    log: () => undefined,
  });
  return {
    access: { url: server.url, ca: authority.cert, ...makeAdminCertificate(authority) },
    isEmbedded: true,
    stop: () => server.close(),
  };
};
