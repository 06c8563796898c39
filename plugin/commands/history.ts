import type { Command } from '../command.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { selectionFlags } from '../selection/selection-flags.ts';

export const history: Command = {
  usage: 'history [name]',
  summary: 'Show what whole procedures did, from the records on both sites; one of them step by step',
  positionals: {
    name: { describe: 'Operation to show in full; else all are listed, the latest first' },
  },
  flags: {
    namespace: selectionFlags.namespace,
    'all-namespaces': selectionFlags['all-namespaces'],
    output: textFlag('Output format: wide, json, yaml, name, jsonpath=TEMPLATE', { alias: 'o' }),
    'no-headers': switchFlag('Print no headings'),
    ...clusterFlags,
    ...commonFlags,
  },
  examples: [
    ['kubectl dr history', 'Operations with claims of the current namespace, the latest first'],
    ['kubectl dr history -A -o wide', 'All of them, with times to recover and why they stopped'],
    ['kubectl dr history relocate-20261125-a1b2 -n shop', 'One: consents, workloads, each step'],
    [
      'kubectl dr history -A -o jsonpath=\'{range .items[*]}{.name}={.phase}{"\\n"}{end}\'',
      'Names and phases alone, for a script',
    ],
  ],
  epilogue: [
    'An operation has a record in each namespace with claims in it: what others hold is shown with -A. A site that cannot be read is a warning.',
    'Exit codes: 0 done; 1 error, no such operation, or no site could be read; 2 usage.',
  ].join('\n\n'),
  load: async () => (await import('../history/run-history.ts')).runHistory,
};
