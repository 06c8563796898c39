import type { ClusterFlags } from '../flags/cluster-flags.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { listFlag, switchFlag, textFlag } from '../flags/flag.ts';
import { handleMapFlag } from '../restore/handle-map-flag.ts';
import { type SelectionFlags, selectionFlags } from '../selection/selection-flags.ts';
import { consentFlags } from '../step/step-flags.ts';

const bringing = 'What goes along';

/** Flags of every whole procedure. */
export const operationFlags = {
  ...selectionFlags,
  to: textFlag('The site to move to, where two directions are possible'),
  from: listFlag('A backup, or a directory of backups, to bring from what the source cannot give any more', {
    group: bringing,
  }),
  directory: textFlag('Directory that keeps the backup that is taken first', { alias: 'd', group: bringing }),
  'no-backup': switchFlag('Take no backup first', { group: bringing }),
  'no-workloads': switchFlag('Bring no workloads: somebody else makes them on the target', {
    group: bringing,
  }),
  'include-secrets': switchFlag('Bring the secrets of workloads, too', { group: bringing }),
  'map-volume-handle': handleMapFlag(bringing),
  class: textFlag('VolumeReplicationClass on the target; else the one of the same name', { group: bringing }),
  ...consentFlags,
  plan: textFlag(
    'Run the plan in this file, as `kubectl dr plan VERB -o json` printed it, if the facts still hold',
  ),
  'dry-run': textFlag('client: print the plan and change nothing', {
    choices: ['none', 'client'],
    default: 'none',
  }),
  timeout: textFlag('How long to go on; then it ends with 5, and `kubectl dr resume` goes on', {
    default: '2h',
  }),
  parallel: textFlag('Volumes that are changed at the same time', { default: '32' }),
  output: textFlag('Output format: json prints a line per event', { alias: 'o', choices: ['json', 'name'] }),
  ...clusterFlags,
  ...commonFlags,
} as const;

/** The values of `operationFlags` as parsed. */
export type OperationFlags = ClusterFlags &
  CommonFlags &
  SelectionFlags & {
    target?: readonly string[];
    to?: string;
    from?: readonly string[];
    directory?: string;
    'no-backup'?: boolean;
    'no-workloads'?: boolean;
    'include-secrets'?: boolean;
    'map-volume-handle'?: readonly string[];
    class?: string;
    yes?: boolean;
    'accept-second-primary'?: string;
    'accept-data-loss'?: string;
    reason?: string;
    plan?: string;
    resync?: boolean;
    'dry-run': string;
    timeout: string;
    parallel: string;
    output?: 'json' | 'name';
  };
