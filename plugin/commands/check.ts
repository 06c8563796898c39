import type { Command } from '../command.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { selectionFlags } from '../selection/selection-flags.ts';

export const check: Command = {
  usage: 'check [pvc..]',
  summary: 'Find what would go wrong: coded findings about both sites, their volumes and this machine',
  positionals: {
    pvc: { describe: 'Claims to check, protected or not; else all protected ones', array: true },
  },
  flags: {
    ...selectionFlags,
    output: textFlag('Output format: wide, json, yaml, jsonpath=TEMPLATE', { alias: 'o' }),
    'no-headers': switchFlag('Print no headings'),
    'exit-zero': switchFlag('Exit with 0 also when an error was found'),
    ...clusterFlags,
    ...commonFlags,
  },
  examples: [
    ['kubectl dr check', 'Both sites, and the protected claims of the current namespace'],
    ['kubectl dr check -A -o wide', 'All claims; what each code stands for'],
    [
      `kubectl dr check -A -o jsonpath='{range .findings[*]}{.code} {.message}{"\\n"}{end}'`,
      'For a script; exit code 3 says that an error was found',
    ],
  ],
  epilogue: [
    'Nothing is changed. The guard of dr-webhook is asked for a dry run that it has to refuse. "kubectl dr explain CODE" tells risk and remedy of a finding.',
    'Exit codes: 0 no error found, perhaps warnings; 3 an error was found; 1 error, or no site could be read; 2 usage.',
  ].join('\n\n'),
  load: async () => (await import('../check/run-check.ts')).runCheck,
};
