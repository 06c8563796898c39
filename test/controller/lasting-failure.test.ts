import { expect, test } from 'vitest';
import { explainLastingFailure, tellLastingFailures } from '../../controller/lasting-failure.ts';
import { DrError } from '../../core/model/error.ts';
import { resources } from '../../core/model/resource.ts';
import { ApiError } from '../../kube/api-error.ts';

const unauthorized = new ApiError({ httpStatus: 401, message: 'Unauthorized', hint: 'log in again' });
const forbidden = new ApiError({ httpStatus: 403, message: 'User "x" cannot list', reason: 'Forbidden' });
const notServed = new ApiError({ httpStatus: 404, message: 'not found', reason: 'ResourceNotServed' });
const expired = new DrError({ code: 'CertificateExpired', message: 'the client certificate expired' });

test.each([
  [
    'credentials that are not accepted',
    unauthorized,
    /does not accept these credentials: Unauthorized; log in/,
  ],
  ['a certificate that has expired', expired, /does not accept these credentials: the client certificate/],
  ['a missing permission', forbidden, /may not be read: User "x" cannot list; kubectl apply -f .*rbac/],
  [
    'a missing CRD',
    notServed,
    /^volumereplications\.replication.* is not served: its CRD is missing; kubectl/,
  ],
])('%s is told with what to do', (_, error, text) => {
  expect(explainLastingFailure(resources.volumeReplications, error)).toMatch(text);
});

test.each([
  ['a server that is away', new DrError({ code: 'Unreachable', message: 'connection refused' })],
  ['a server that is busy', new ApiError({ httpStatus: 503, message: 'busy' })],
])('%s may pass by itself', (_, error) => {
  expect(explainLastingFailure(resources.volumeReplications, error)).toBeUndefined();
});

test('a lasting failure is logged once, and again for another reason or after a recovery', () => {
  const lines: unknown[] = [];
  const tell = tellLastingFailures({ error: (fields) => void lines.push(fields) });
  const kind = resources.volumeReplications;
  for (let count = 0; count < 5; count += 1) tell(kind, notServed, undefined);
  expect(lines).toHaveLength(1);
  tell(kind, unauthorized, undefined);
  expect(lines).toHaveLength(2);
  tell(kind, unauthorized, 1_000);
  tell(kind, unauthorized, 1_000);
  expect(lines).toHaveLength(3);
});
