/** A document as `-o json` (indented by four, as kubectl does) or `-o yaml` prints it. */
export const formatDocument = async (document: unknown, format: string): Promise<string> => {
  if (format === 'json') return `${JSON.stringify(document, undefined, 4)}\n`;
  // Loaded only here: the library takes longer than the command.
  const { stringify } = await import('yaml');
  return stringify(document, { lineWidth: 0 });
};
