import type { Access } from './https-client.ts';

/** An API server that a recording is replayed against. */
export type Target = { access: Access; isEmbedded: boolean; stop: () => Promise<void> };
