import type { Command } from '../command.ts';
import { commonFlags } from '../flags/common-flags.ts';

export const completion: Command = {
  usage: 'completion <shell>',
  summary: 'Print a completion script for kubectl-dr; "kubectl dr" itself completes through kubectl',
  positionals: { shell: { describe: 'Shell to complete in', choices: ['bash', 'zsh', 'fish'] } },
  examples: [
    ['source <(kubectl dr completion bash)', 'In this shell'],
    ['kubectl dr completion zsh > ~/.zfunc/_kubectl-dr', 'For every new zsh with ~/.zfunc in its fpath'],
    ['kubectl dr completion fish | source', 'In this fish'],
  ],
  epilogue:
    'With kubectl\'s own completion loaded, "kubectl dr <TAB>" works as soon as kubectl_complete-dr stands on PATH beside kubectl-dr.',
  flags: { ...commonFlags },
  load: async () => (await import('../completion/print-script.ts')).printCompletionScript,
};
