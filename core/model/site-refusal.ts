import { DrError, messageOf } from './error.ts';
import type { Reading } from './reading.ts';

// That a site lets somebody in is one thing, that it is lost another: who may not look sees nothing, and the site may be as well as ever.

/** The API server answered, and does not know or does not let whoever asks. */
const refusals: readonly string[] = ['Unauthorized', 'Forbidden', 'HTTP401', 'HTTP403'];
/** This machine has nothing to log in with. */
const noCredentials: readonly string[] = ['CredentialPluginFailed', 'CredentialsUnsupported'];

const codeOf = (error: unknown): string => (error instanceof DrError ? error.code : '');

const whyOf = (error: unknown, site: string): string => {
  const message = messageOf(error).replace(`${site}: `, '');
  if (refusals.includes(codeOf(error))) return `it answers, and does not let you in: ${message}`;
  return noCredentials.includes(codeOf(error)) ? `nobody could log in to it: ${message}` : message;
};

/** A site that could not be read, with the reason; whether it is the credentials alone that keep it from being read. */
export const unreadableSite = (error: unknown, site: string): Extract<Reading<never>, { known: false }> => {
  const why = whyOf(error, site);
  const isRefusal = [...refusals, ...noCredentials].includes(codeOf(error));
  return isRefusal ? { known: false, why, isRefusal: true } : { known: false, why };
};

/** Whether a site was not read for want of credentials: that is no sign that it is lost. */
export const isRefused = (reading: Reading<unknown>): boolean => !reading.known && reading.isRefusal === true;
