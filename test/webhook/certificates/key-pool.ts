import { generateKeyPairSync } from 'node:crypto';
import type { KeyMaker } from '../../../webhook/certificates/sign-certificate.ts';

/** Hands out a few RSA keys over and over: making them is slow, and what is tested is who signed what. */
export const poolOfKeys = (size = 6): KeyMaker => {
  const keys = Array.from({ length: size }, () => generateKeyPairSync('rsa', { modulusLength: 2048 }));
  let next = 0;
  return async () => {
    const key = keys[next % size]!;
    next += 1;
    return key;
  };
};
