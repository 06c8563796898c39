// Where text that others wrote (drivers, servers, whoever may write an object, a kubeconfig or a backup) becomes fit for a terminal or a log.
// Control characters steer a terminal, and what turns the direction of text lets it say another thing than it shows.

/** Control characters (C0, DEL, C1), invisible ones with those that turn the direction of text, and what ends a line. */
const unprintable = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]';

const inLine = new RegExp(`${unprintable}+`, 'gu');
const inText = new RegExp(`(?![\\n\\t])${unprintable}`, 'gu');
/** A pretty-printer ends lines. */
const inJson = new RegExp(`(?!\\n)${unprintable}`, 'gu');

/** Text as one line: whatever is not printable becomes a blank. */
export const printableLine = (text: string): string => text.toWellFormed().replace(inLine, ' ').trimEnd();

/** Text of more lines: line ends and tabs stay, and whatever else is not printable becomes a blank. */
export const printableText = (text: string): string => text.toWellFormed().replace(inText, ' ');

/** Whether `printableText` would leave it as it is. */
export const isPrintableText = (text: string): boolean => text.isWellFormed() && text.search(inText) < 0;

const escaped = (character: string): string =>
  Array.from(
    { length: character.length },
    (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
  ).join('');

/** JSON that is printable and says the same: what is not printable stands within its strings alone, where it may be escaped. */
export const printableJson = (json: string): string => json.replace(inJson, escaped);
