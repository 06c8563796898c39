import type { Told } from './progress.ts';

const prefixes: Readonly<Record<Told['type'], string>> = {
  Info: '',
  Done: '',
  Planned: '',
  Warning: 'Warning: ',
  Refused: 'refused: ',
  Failed: 'error: ',
  TimedOut: 'error: ',
};

/** As people type them. */
const shortKinds: Readonly<Record<string, string>> = { PersistentVolumeClaim: 'pvc' };

const objectText = ({ object }: Told): string => {
  if (object === undefined) return '';
  const { kind, namespace, name } = object;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${shortKinds[kind] ?? kind.toLowerCase()}/${name}${where}: `;
};

/** One line, as the commands of single steps write theirs. */
export const toldText = (told: Told): string => {
  const { type, site, message, code, next } = told;
  const rule = code?.startsWith('DR') ? `${code}: ` : '';
  return `${prefixes[type]}${site}: ${objectText(told)}${rule}${message}${next === undefined ? '' : `; next: ${next}`}`;
};

/** What happened is data; everything on the way to it is not. */
export const isResult = ({ type }: Told): boolean => type === 'Done' || type === 'Planned';
