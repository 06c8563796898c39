import type { Command } from '../command.ts';
import { commonFlags } from '../flags/common-flags.ts';

export const sandbox: Command = {
  usage: 'sandbox',
  summary: 'Two clusters with mirrored storage on this machine',
  examples: [['kubectl dr sandbox', 'x']],
  flags: { ...commonFlags },
};
