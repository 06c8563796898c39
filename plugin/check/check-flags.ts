import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { SelectionFlags } from '../selection/selection-flags.ts';

/** The flags of `kubectl dr check` as parsed. */
export type CheckFlags = ClusterFlags &
  CommonFlags &
  SelectionFlags & {
    pvc?: readonly string[];
    output?: string;
    'no-headers'?: boolean;
    'exit-zero'?: boolean;
  };
