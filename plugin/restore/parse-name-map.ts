import type { NameMap } from '../../core/restore/map-names.ts';
import { usageError } from '../usage-error.ts';

const dnsName = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;

/** `--map-… old=new`, repeated. Throws a usage error. */
export const parseNameMap = (flag: string, words: readonly string[] = []): NameMap => {
  const map = new Map<string, string>();
  for (const word of words) {
    const [from = '', to = '', ...more] = word.split('=');
    if (more.length > 0 || !dnsName.test(from) || !dnsName.test(to))
      throw usageError(`invalid value "${word}" for ${flag}`, 'give the names as OLD=NEW');
    if (map.has(from)) throw usageError(`${flag} maps "${from}" twice`, 'name it once');
    map.set(from, to);
  }
  return map;
};
