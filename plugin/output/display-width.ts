// In the bundles this stands in for the package string-width, whose Intl.Segmenter and emoji expressions cost 20 ms at
// every start of kubectl dr: more than half of an empty Node.js process.

const isPrintableAscii = (text: string): boolean => /^[ -~]*$/.test(text);
const escapeSequences = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** East Asian wide characters, and the pictographs that terminals draw two columns wide. */
const isWide = (character: string): boolean =>
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
    character,
  );

const isCombining = (character: string): boolean =>
  /\p{Mark}|\p{Default_Ignorable_Code_Point}/u.test(character);

/** Columns that a text takes on a terminal; colours take none. */
export const displayWidth = (text: string): number => {
  const plain = text.replaceAll(escapeSequences, '');
  if (isPrintableAscii(plain)) return plain.length;
  return [...plain].reduce(
    (sum, character) => sum + (isCombining(character) ? 0 : isWide(character) ? 2 : 1),
    0,
  );
};
