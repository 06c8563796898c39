import type { Access } from './https-client.ts';

/** An API server that the recording is replayed against. */
export type Target = {
  access: Access;
  /** Entries, by title, that this target cannot answer as recorded, and why. One that agrees after all fails. */
  differs: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
};
