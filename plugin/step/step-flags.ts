import type { ClusterFlags } from '../flags/cluster-flags.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { type SelectionFlags, selectionFlags } from '../selection/selection-flags.ts';

/** Flags of every command that takes volumes one step further. */
export const stepFlags = {
  ...selectionFlags,
  'dry-run': textFlag(
    'Change nothing: client shows what would be done, server has it judged by the webhooks',
    {
      choices: ['none', 'client', 'server'],
      default: 'none',
    },
  ),
  timeout: textFlag('How long to wait until it is seen: 30s, 10m; then it goes on, and this ends with 5', {
    default: '10m',
  }),
  'no-wait': switchFlag('Ask for it, and do not wait until it is seen'),
  parallel: textFlag('Volumes at the same time', { default: '16' }),
  output: textFlag('Output format: json prints a line per event', { alias: 'o', choices: ['json', 'name'] }),
  ...clusterFlags,
  ...commonFlags,
} as const;

/** Flags of the steps by which something can be lost. */
export const consentFlags = {
  yes: switchFlag('Do not ask; never enough by itself where something can be lost', { alias: 'y' }),
  'accept-data-loss': textFlag(
    'With --yes: how much may be lost, such as 15m, or unknown where nobody can tell',
  ),
  reason: textFlag('Why, on record with the consent'),
} as const;

/** Of `promote` and `failover`: more than a loss is accepted by it. */
export const secondPrimaryFlag = {
  'accept-second-primary': textFlag(
    'The name of the other site, which says that it is primary: promote beside it, as its storage is lost though its API answers',
  ),
} as const;

/** The values of `stepFlags` and `consentFlags` as parsed. */
export type StepFlags = ClusterFlags &
  CommonFlags &
  SelectionFlags & {
    pvc?: readonly string[];
    'dry-run': string;
    timeout: string;
    'no-wait'?: boolean;
    parallel: string;
    output?: 'json' | 'name';
    yes?: boolean;
    'accept-data-loss'?: string;
    reason?: string;
    /** Of `promote`. */
    'accept-second-primary'?: string;
    /** Of `protect` and `promote`. */
    class?: string;
  };
