import { expect, test } from 'vitest';
import type { PersistentVolumeClaim } from '../../../core/model/persistent-volume.ts';
import { known, type Reading, unknown } from '../../../core/model/reading.ts';
import { newestClaim } from '../../../webhook/facts/newest-claim.ts';

type Claim = Reading<PersistentVolumeClaim | undefined>;

const at = (resourceVersion: string | undefined, volumeName = ''): Claim =>
  known({
    metadata: { namespace: 'shop', name: 'db', ...(resourceVersion && { resourceVersion }) },
    spec: { volumeName },
  });
const gone: Claim = known(undefined);
const forbidden: Claim = unknown('forbidden');

test.each<[string, Claim, Claim, 'live' | 'cached']>([
  ['bound since it was read', at('9'), at('10', 'pv-db'), 'cached'],
  ['not heard of yet as it was read', at('10', 'pv-db'), at('9'), 'live'],
  ['the same', at('10'), at('10'), 'live'],
  ['read, and not heard of at all', at('10'), gone, 'live'],
  ['gone when it was read', gone, at('9'), 'live'],
  ['not to be read', forbidden, at('9'), 'live'],
  ['read while the cache cannot be believed', at('10'), forbidden, 'live'],
  ['of a version that is no number', at('a9'), at('10'), 'live'],
  ['of no version', at(undefined), at('10'), 'live'],
  ['beyond what a double can tell apart', at('9007199254740993'), at('9007199254740994'), 'cached'],
])('a claim that was %s', (_, live, cached, which) => {
  expect(newestClaim(live, () => cached)).toBe(which === 'live' ? live : cached);
});
