import { join } from 'node:path';
import { builtInKinds } from '../api-server/kinds/built-in.ts';
import { startApiServer } from '../api-server/server.ts';
import { openJournal } from '../api-server/store/journal.ts';
import type { SiteServer, SiteServerOptions } from './site-server.ts';

export type EmbeddedServerOptions = SiteServerOptions & {
  now: () => number;
  log: (message: string) => void;
};

/** Starts the embedded API server of a site in this process. */
export const startEmbeddedServer = async (options: EmbeddedServerOptions): Promise<SiteServer> => {
  const { certificates, directory, keepsState } = options;
  const journal = keepsState ? await openJournal(join(directory, 'objects')) : undefined;
  const server = await startApiServer({
    host: '127.0.0.1',
    port: options.port,
    tls: { cert: certificates.serverCert, key: certificates.serverKey },
    clientCa: certificates.ca,
    tokenKey: certificates.serviceAccountKey,
    kinds: builtInKinds,
    now: options.now,
    log: options.log,
    ...(journal !== undefined && { journal }),
  });
  let state: 'up' | 'refusing' | 'hanging' = 'up';
  return {
    url: server.url,
    port: server.port,
    fail: async (how) => {
      if (how === 'hang') server.hang();
      else await server.refuse();
      state = how === 'hang' ? 'hanging' : 'refusing';
    },
    heal: async () => {
      if (state === 'hanging') server.resume();
      if (state === 'refusing') await server.listen();
      state = 'up';
    },
    close: () => server.close(),
  };
};
