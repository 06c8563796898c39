import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { SelectionFlags } from '../selection/selection-flags.ts';

/** The flags of `kubectl dr backup` as parsed. */
export type BackupFlags = ClusterFlags &
  CommonFlags &
  SelectionFlags & {
    pvc?: readonly string[];
    directory?: string;
    output?: string;
    'include-workloads'?: boolean;
    'include-secrets'?: boolean;
  };
