import type { Command } from '../command.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { textFlag } from '../flags/flag.ts';

export const explain: Command = {
  usage: 'explain [code]',
  summary: 'Explain a safety rule by its code: cause, risk and remedy',
  positionals: { code: { describe: 'Code of the rule, such as DR102; else all rules are listed' } },
  examples: [
    ['kubectl dr explain', 'All rules'],
    ['kubectl dr explain DR102', 'Why a change was refused, and what to do now'],
    ['kubectl dr explain dr102 -o yaml', 'For scripts'],
  ],
  epilogue:
    'Refusals and warnings of dr-webhook begin with the code of their rule. DR1xx: the change is refused; DR2xx: the object is mended; DR3xx: a warning; DR4xx: found by "kubectl dr check".',
  flags: {
    output: textFlag('Output format', { alias: 'o', choices: ['json', 'yaml'] }),
    ...commonFlags,
  },
  load: async () => (await import('../explain/explain-rule.ts')).explainRule,
};
