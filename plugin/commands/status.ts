import type { Command } from '../command.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { selectionFlags } from '../selection/selection-flags.ts';

export const status: Command = {
  usage: 'status [pvc..]',
  summary: 'Show both sites side by side: role here and there, verdict, lag against schedule, next command',
  positionals: {
    pvc: { describe: 'Claims to show, protected or not; else all protected ones', array: true },
  },
  flags: {
    ...selectionFlags,
    output: textFlag('Output format: wide, json, yaml, name, jsonpath=TEMPLATE', { alias: 'o' }),
    watch: switchFlag('Go on watching both sites; print rows that change', { alias: 'w' }),
    'no-headers': switchFlag('Print no headings'),
    'exit-zero': switchFlag('Exit with 0 also when a verdict is bad'),
    ...clusterFlags,
    ...commonFlags,
  },
  examples: [
    ['kubectl dr status', 'Protected claims of the current namespace, on both sites'],
    ['kubectl dr status rbd-pvc -n shop -o wide', 'One claim with its objects on both sites'],
    ['kubectl dr status -A --peer-context=cluster-2 -w', 'Watch everything; the other site is named'],
    ["kubectl dr status -A -o jsonpath='{.items[*].verdict}'", 'Verdicts alone, for a script'],
  ],
  epilogue: [
    'Verdicts: Protected; Moving, a change is on its way; Lagging, the last sync is older than 2 intervals (an error from 3 on); Degraded; NoPrimary; SplitBrain; Unprotected; Unknown, something could not be read.',
    'Exit codes: 0 healthy (Protected, Moving, Lagging below 3 intervals); 3 any other verdict, or a site that cannot be read; 1 error; 2 usage.',
  ].join('\n\n'),
  load: async () => (await import('../status/run-status.ts')).runStatus,
};
