import { textFlag } from './flag.ts';

const group = 'Common';

/** When state words are coloured. */
export const colorChoices = ['auto', 'always', 'never'] as const;

/** Flags of every command. */
export const commonFlags = {
  color: textFlag('Colour state words; auto: on a terminal, unless NO_COLOR is set', {
    group,
    choices: colorChoices,
    default: 'auto',
  }),
  v: {
    type: 'number' as const,
    requiresArg: true,
    default: 0,
    group,
    describe: 'Tell more on stderr: 6 shows requests and what caused an error',
    coerce: (value: number | number[]): number => [value].flat().at(-1) ?? 0,
  },
} as const;

/** The values of `commonFlags` as parsed. */
export type CommonFlags = { color: string; v: number };
