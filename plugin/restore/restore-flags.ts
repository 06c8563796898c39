import type { ClusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';

/** The flags of `kubectl dr restore` as parsed. */
export type RestoreFlags = ClusterFlags &
  CommonFlags & {
    source: readonly string[];
    to?: string;
    pvc?: readonly string[];
    selector?: string;
    namespace?: string;
    'map-namespace'?: readonly string[];
    'map-storage-class'?: readonly string[];
    'map-volume-handle'?: readonly string[];
    transform?: string;
    existing: string;
    'claim-ref': string;
    'with-workloads'?: boolean;
    'dry-run': string;
    timeout: string;
    parallel: string;
    output?: string;
  };
