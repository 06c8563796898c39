import { createHash } from 'node:crypto';
import type { PodTemplate } from './workload-objects.ts';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** JSON with sorted keys: the same for the same content, whatever order the server answered in. */
export const canonicalJson = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, one]) => one !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`);
  return `{${entries.join(',')}}`;
};

/** A short name part without vowels, as Kubernetes makes them, from any text. Equal texts give equal names. */
export const shortHash = (text: string, length: number): string => {
  const bytes = createHash('sha256').update(text).digest();
  return [...bytes.subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join('');
};

/** The `pod-template-hash` of a template. Not the number that kube-controller-manager computes; only equality matters. */
export const templateHash = (template: PodTemplate | undefined): string =>
  shortHash(canonicalJson(template ?? {}), 10);
