import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { SelectionFlags } from '../selection/selection-flags.ts';

/** The flags of `kubectl dr history` as parsed. */
export type HistoryFlags = ClusterFlags &
  CommonFlags &
  Omit<SelectionFlags, 'selector'> & {
    name?: string;
    output?: string;
    'no-headers'?: boolean;
  };
