import type { Caller } from '../authentication/caller.ts';
import type { ServedKinds } from '../discovery/served-kinds.ts';
import type { CompiledSchema } from '../schema/compiled.ts';
import type { Schema } from '../schema/schema.ts';
import type { Store } from '../store/store.ts';
import type { AdmissionControl } from './admission-control.ts';

/** What all handlers of objects share. */
export type Machinery = {
  store: Store;
  kinds: ServedKinds;
  compile: (schema: Schema) => CompiledSchema;
  admission: AdmissionControl;
  /** Milliseconds since the epoch. */
  now: () => number;
};

/** The query parameters of a write. */
export type WriteOptions = {
  dryRun: boolean;
  /** Who owns the fields: `fieldManager`, else the first word of the User-Agent. */
  manager: string;
  /** As it was given; apply insists on it. */
  fieldManager: string;
  fieldValidation: 'Strict' | 'Warn' | 'Ignore';
  force: boolean;
};

/** Who asks for a write, and how. */
export type WriteContext = {
  caller: Caller;
  options: WriteOptions;
  /** Collects texts of `Warning:` headers. */
  warn: (text: string) => void;
};
