/** One entry of an Accept header. */
export type MediaRange = { type: string; parameters: Readonly<Record<string, string>> };

const parseRange = (text: string): MediaRange & { quality: number } => {
  const [type = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const [name = '', value = ''] = part.split('=').map((side) => side.trim());
    parameters[name] = value;
  }
  return { type: type.toLowerCase(), parameters, quality: Number(parameters['q'] ?? 1) };
};

/** Reads an Accept header, best first; no header means anything. */
export const parseAccept = (header: string | undefined): MediaRange[] =>
  (header === undefined || header.trim() === '' ? '*/*' : header)
    .split(',')
    .map(parseRange)
    .sort((one, other) => other.quality - one.quality);

/** Whether a range takes JSON. */
export const takesJson = ({ type }: MediaRange): boolean =>
  type === 'application/json' || type === 'application/*' || type === '*/*';
