import { switchFlag, textFlag } from '../flags/flag.ts';

/** Flags that say which claims a command is about, beside their names. */
export const selectionFlags = {
  namespace: textFlag("Namespace; else the context's", { alias: 'n' }),
  'all-namespaces': switchFlag('All namespaces; wins over -n', { alias: 'A' }),
  selector: textFlag('Labels of the claims, such as app=db,tier!=test', { alias: 'l' }),
} as const;

/** The values of `selectionFlags` as parsed. */
export type SelectionFlags = {
  namespace?: string;
  'all-namespaces'?: boolean;
  selector?: string;
};
