import type { Command } from '../command.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { textFlag } from '../flags/flag.ts';

export const version: Command = {
  usage: 'version',
  summary: 'Show the version of kubectl dr and of what it runs on',
  examples: [
    ['kubectl dr version', 'On one line'],
    ['kubectl dr version -o json', 'For scripts'],
  ],
  flags: {
    output: textFlag('Output format', { alias: 'o', choices: ['json', 'yaml'] }),
    ...commonFlags,
  },
  load: async () => (await import('../version/print-version.ts')).printVersion,
};
