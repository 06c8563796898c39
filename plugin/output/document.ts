import { isPrintableText, printableJson } from '../../core/printable.ts';

/** A document in one line, as a stream of them has it. */
export const jsonLine = (document: unknown): string => printableJson(JSON.stringify(document));

const json = (document: unknown): string => `${printableJson(JSON.stringify(document, undefined, 4))}\n`;

/** A document as `-o json` (indented by four, as kubectl does) or `-o yaml` prints it: printable, and nothing of it changed. */
export const formatDocument = async (document: unknown, format: string): Promise<string> => {
  if (format === 'json') return json(document);
  // Loaded only here: the library takes longer than the command.
  const { stringify } = await import('yaml');
  const yaml = stringify(document, { lineWidth: 0 });
  // YAML takes some of it bare that is not printable, and takes JSON.
  return isPrintableText(yaml) ? yaml : json(document);
};
