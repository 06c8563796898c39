import { readFileSync } from 'node:fs';

const page = new URL('../../../docs/webhook.md', import.meta.url);

/** The two commands of the break-glass section, as a person copies them. */
export const documentedCommands = (): { breakGlass: string; undo: string } => {
  const [, section = ''] = readFileSync(page, 'utf8').split(/^## Break glass$/m);
  const [breakGlass, undo, ...others] = section
    .split(/^## /m)[0]!
    .split('\n')
    .filter((line) => line.startsWith('kubectl patch '));
  if (breakGlass === undefined || undo === undefined || others.length > 0)
    throw new Error('the section "Break glass" of docs/webhook.md must hold two kubectl commands');
  return { breakGlass, undo };
};

/** The body of a `kubectl patch`. */
export const patchIn = (command: string): unknown => JSON.parse(/ -p '([^']+)'/.exec(command)?.[1] ?? '');
