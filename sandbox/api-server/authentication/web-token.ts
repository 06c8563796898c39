import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';

/** Signs and checks JSON web tokens with the key of one server: ES256 for an elliptic key, RS256 for an RSA one. */
export type TokenSigner = {
  /** PEM of the private key, to be kept where the server's state is. */
  privateKey: string;
  sign: (claims: JsonObject) => string;
  /** The claims of a token that this key signed; undefined for any other text. Expiry is the caller's to check. */
  verify: (token: string) => JsonObject | undefined;
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const decode = (part: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** A new elliptic key (P-256) as PEM. */
export const generateTokenKey = (): string =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;

/** Makes the signer of a private key. */
export const createTokenSigner = (privateKey: string): TokenSigner => {
  const publicKey = createPublicKey(privateKey);
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const header = encode({
    alg: publicKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256',
    kid: createHash('sha256').update(der).digest('base64url'),
  });
  // RFC 7518: an ES256 signature is both numbers side by side; an RSA key takes no notice.
  const dsaEncoding = 'ieee-p1363';
  return {
    privateKey,
    sign: (claims) => {
      const signed = `${header}.${encode(claims)}`;
      return `${signed}.${sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding }).toString('base64url')}`;
    },
    verify: (token) => {
      const [head, claims, signature, ...rest] = token.split('.');
      if (head !== header || claims === undefined || signature === undefined || rest.length > 0)
        return undefined;
      const isOurs = verify(
        'sha256',
        Buffer.from(`${head}.${claims}`),
        { key: publicKey, dsaEncoding },
        Buffer.from(signature, 'base64url'),
      );
      return isOurs ? decode(claims) : undefined;
    },
  };
};
