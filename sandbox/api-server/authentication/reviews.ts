import type { Review } from '../authorization/reviews.ts';
import { timeText } from '../objects/metadata.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';
import type { Caller } from './caller.ts';
import { tokenIssuer, verifyServiceAccountToken } from './service-account-token.ts';
import type { TokenSigner } from './web-token.ts';

const userInfo = ({ name, uid, groups, extra }: Caller) => ({
  username: name,
  ...(uid === undefined ? {} : { uid }),
  groups,
  ...(extra === undefined ? {} : { extra }),
});

/** Who am I? */
export const selfSubjectReview =
  (now: () => number): Review =>
  (object, caller) => ({
    ...object,
    metadata: { creationTimestamp: timeText(now()) },
    status: { userInfo: userInfo(caller) },
  });

const failed = { authenticated: false, error: '[invalid bearer token, token lookup failed]', user: {} };

/** Whose token is this? */
export const tokenReview =
  (parts: { store: Store; signer: TokenSigner; now: () => number }): Review =>
  (object) => {
    const spec = isJsonObject(object['spec']) ? object['spec'] : {};
    const asked = Array.isArray(spec['audiences']) ? spec['audiences'].map(String) : [tokenIssuer];
    const token = typeof spec['token'] === 'string' ? spec['token'] : '';
    const verified = verifyServiceAccountToken(token, { ...parts, now: parts.now() });
    const audiences = verified?.audiences.filter((audience) => asked.includes(audience)) ?? [];
    const status =
      verified === undefined || audiences.length === 0
        ? failed
        : { authenticated: true, user: userInfo(verified.caller), audiences };
    return { ...object, metadata: {}, status };
  };
