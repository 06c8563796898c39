/** Something that was read, or why it could not be. Unknown is a value: it is never taken for empty or false. */
export type Reading<T> =
  | { readonly known: true; readonly value: T }
  | {
      readonly known: false;
      readonly why: string;
      /** Of a site: it is the credentials alone that keep it from being read. */
      readonly isRefusal?: true;
      /** It passes by itself in a moment: a list is not whole yet, or one object is in view ahead of another. */
      readonly isPassing?: true;
    };

/** A fact that was read. */
export const known = <T>(value: T): Reading<T> => ({ known: true, value });

/** A fact that could not be read; `why` is one clause without a full stop. */
export const unknown = (why: string): { readonly known: false; readonly why: string } => ({
  known: false,
  why,
});
