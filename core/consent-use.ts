/** What stands on an object at one moment: its consent annotation, and its `metadata.generation`, which counts changes of the spec. */
export type ConsentSighting = { readonly text: string | undefined; readonly generation: number };

/** What one process has seen of the consent on one object (by uid), to know that each is good for one change of the spec. */
export type ConsentUse = ConsentSighting & {
  /** Texts that a change of the spec has used up, the newest first. */
  readonly spent: readonly string[];
};

/** Each text is void an hour after it was written, so that a few are all that can matter. */
const longestMemory = 16;

const spend = (spent: readonly string[], texts: readonly (string | undefined)[]): readonly string[] => {
  const fresh = texts.filter((text) => text !== undefined && !spent.includes(text)) as string[];
  return fresh.length === 0 ? spent : [...new Set([...fresh, ...spent])].slice(0, longestMemory);
};

/**
 * Notes what an informer shows of an object. A consent that was there when the spec changed, or came with that change, is
 * spent: nobody can tell whether it was written before or after, so it counts as before. What stands on an object when
 * the process starts (`isFirstList`) is fresh, as nobody saw it used; on an object that is created later it was used for that.
 */
export const noteConsent = (
  previous: ConsentUse | undefined,
  { text, generation, isFirstList = false }: ConsentSighting & { readonly isFirstList?: boolean },
): ConsentUse => {
  if (previous === undefined) return { text, generation, spent: isFirstList ? [] : spend([], [text]) };
  const hasChanged = generation > previous.generation;
  const spent = hasChanged ? spend(previous.spent, [text, previous.text]) : previous.spent;
  return { text, generation, spent };
};

/** A change that would use a consent: the object as it is stored (undefined: it is created now), and the text it will carry. */
export type ConsentRequest = {
  readonly stored: ConsentSighting | undefined;
  readonly text: string | undefined;
};

/**
 * Whether the consent that a change carries was good for an earlier one. Where the informer is behind what is stored, a
 * text that both carry counts as used: a person can write another, but a second use could cost data.
 */
export const isConsentUsed = (use: ConsentUse | undefined, { stored, text }: ConsentRequest): boolean => {
  if (text === undefined || stored === undefined) return false;
  if (use === undefined) return stored.text === text;
  if (use.spent.includes(text)) return true;
  const wasThere = stored.text === text || use.text === text;
  return wasThere && stored.generation > use.generation;
};
