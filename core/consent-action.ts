/** What a person can accept, as an annotation says it. */
export const consentActions = [
  'force-promote',
  'resync',
  'demote-in-use',
  'unprotect',
  'lose-since-promote',
] as const;

/** What a person can accept. */
export type ConsentAction = (typeof consentActions)[number];
