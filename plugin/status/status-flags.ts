import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';

/** The flags of `kubectl dr status` as parsed. */
export type StatusFlags = ClusterFlags &
  CommonFlags & {
    pvc?: readonly string[];
    namespace?: string;
    'all-namespaces'?: boolean;
    selector?: string;
    output?: string;
    watch?: boolean;
    'no-headers'?: boolean;
    'exit-zero'?: boolean;
  };
