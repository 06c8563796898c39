// The kinds of flags there are. A flag that is given twice has its last value, as with kubectl.

/** `--name VALUE`. */
export const textFlag = <
  const E extends { alias?: string; group?: string; default?: string; choices?: readonly string[] },
>(
  describe: string,
  extra?: E,
) => ({
  type: 'string' as const,
  requiresArg: true,
  describe,
  coerce: (value: string | string[]): string => [value].flat().at(-1) ?? '',
  ...extra,
});

/** `--name`; also `--name=false`. */
export const switchFlag = (describe: string, extra?: { alias?: string; group?: string }) => ({
  type: 'boolean' as const,
  describe,
  coerce: (value: boolean | boolean[]): boolean => [value].flat().at(-1) ?? false,
  ...extra,
});

/** `--name A --name B`. */
export const listFlag = (describe: string, extra?: { alias?: string; group?: string }) => ({
  type: 'string' as const,
  requiresArg: true,
  describe,
  coerce: (value: string | string[]): string[] => [value].flat(),
  ...extra,
});
