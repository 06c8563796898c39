import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { SelectionFlags } from '../selection/selection-flags.ts';

/** The flags of `kubectl dr status` as parsed. */
export type StatusFlags = ClusterFlags &
  CommonFlags &
  SelectionFlags & {
    pvc?: readonly string[];
    output?: string;
    watch?: boolean;
    'no-headers'?: boolean;
    'exit-zero'?: boolean;
  };
