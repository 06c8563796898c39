import { mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCertificates } from '../../../webhook/certificates/create-certificates.ts';
import type { ServedCertificates } from '../../../webhook/certificates/served-certificates.ts';
import { type KeyPair, makeAuthority, makeLeaf } from '../../../webhook/certificates/sign-certificate.ts';
import { eventually } from '../../kube/embedded-cluster.ts';
import { poolOfKeys } from './key-pool.ts';
import { names } from './running-replica.ts';

const day = 86_400_000;
const makeKeys = poolOfKeys(4);
const life = (from: number, to: number) => ({
  notBefore: Date.now() + from * day,
  notAfter: Date.now() + to * day,
});
const authority = await makeAuthority(life(-1, 300), makeKeys);
const leafFor = (to: number, from = -1): Promise<KeyPair> =>
  makeLeaf(authority, names, life(from, to), makeKeys);

let directory: string;
let stopping: AbortController;
let warned: string[];
let certificates: ServedCertificates;
const certFile = () => join(directory, 'tls.crt');
const keyFile = () => join(directory, 'tls.key');
const write = ({ certificate, key }: KeyPair): void => {
  writeFileSync(certFile(), certificate);
  writeFileSync(keyFile(), key);
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'drw-'));
  stopping = new AbortController();
  warned = [];
});
afterEach(async () => {
  stopping.abort();
  await certificates.ended;
  rmSync(directory, { recursive: true, force: true });
});

const start = (pollMs = 10): void => {
  const quiet = () => undefined;
  certificates = createCertificates({
    source: { kind: 'files', certFile: certFile(), keyFile: keyFile() },
    signal: stopping.signal,
    now: Date.now,
    random: Math.random,
    log: { debug: quiet, info: quiet, warn: ({ why }) => warned.push(String(why)) },
    pollMs,
  });
};

const served = () => certificates.current()?.cert;
const untilServed = (pair: KeyPair): Promise<void> =>
  eventually(() => expect(served()).toBe(pair.certificate));

test('files are served, and new ones are taken over when their content changes', async () => {
  const [first, second] = [await leafFor(10), await leafFor(20)];
  write(first);
  start();
  await untilServed(first);
  expect(certificates.state()).toMatchObject({
    certificate: { ok: true },
    bundle: { ok: true },
    phase: 'files',
    isLeader: false,
    remarks: [],
  });
  const heard: string[] = [];
  certificates.onChange(({ cert }) => heard.push(cert));
  write(second);
  await untilServed(second);
  expect(heard).toEqual([second.certificate]);
});

test('a mounted Secret changes by a link that is swapped: that is noticed, too', async () => {
  const [first, second] = [await leafFor(10), await leafFor(20)];
  for (const [name, pair] of [['one', first] as const, ['two', second] as const]) {
    writeFileSync(join(directory, `${name}.crt`), pair.certificate);
    writeFileSync(join(directory, `${name}.key`), pair.key);
  }
  const point = (name: string): void => {
    for (const kind of ['crt', 'key']) {
      const link = join(directory, `tls.${kind}`);
      try {
        unlinkSync(link);
      } catch {
        // The first time there is none.
      }
      symlinkSync(join(directory, `${name}.${kind}`), link);
    }
  };
  point('one');
  start();
  await untilServed(first);
  point('two');
  await untilServed(second);
});

test('a pair that is half written is not served, the old one stays, and the state says so until it fits', async () => {
  const [first, second] = [await leafFor(10), await leafFor(20)];
  write(first);
  start();
  await untilServed(first);
  writeFileSync(certFile(), second.certificate);
  await eventually(() =>
    expect(certificates.state().remarks).toEqual([
      `${certFile()} and ${keyFile()} were not taken over: the key does not belong to the certificate`,
    ]),
  );
  expect(served()).toBe(first.certificate);
  expect(certificates.state().certificate).toEqual({ ok: true });
  writeFileSync(keyFile(), second.key);
  await untilServed(second);
  expect(certificates.state().remarks).toEqual([]);
  expect(warned).toEqual(['the key does not belong to the certificate']);
});

test.each([
  ['cut off in the middle', (pair: KeyPair) => writeFileSync(certFile(), pair.certificate.slice(0, 300))],
  ['empty', () => writeFileSync(certFile(), '')],
  ['gone', () => unlinkSync(certFile())],
])('a certificate file that is %s takes nothing away', async (_, damage) => {
  const pair = await leafFor(10);
  write(pair);
  start();
  await untilServed(pair);
  damage(pair);
  await eventually(() => expect(certificates.state().remarks.join()).toContain('cannot be read'));
  expect(served()).toBe(pair.certificate);
  write(pair);
  await eventually(() => expect(certificates.state().remarks).toEqual([]));
});

test('files that come later than the process are waited for', async () => {
  start();
  await eventually(() =>
    expect(certificates.state().certificate).toEqual({
      ok: false,
      why: expect.stringContaining('ENOENT'),
    }),
  );
  expect(served()).toBeUndefined();
  const pair = await leafFor(10);
  write(pair);
  await untilServed(pair);
});

test('an expired pair does not take the place of one that holds, and is said to be expired where there is no other', async () => {
  const [good, expired] = [await leafFor(10), await leafFor(-1, -5)];
  write(expired);
  start();
  await untilServed(expired);
  expect(certificates.state().certificate).toEqual({ ok: false, why: expect.stringContaining('expired at') });
  write(good);
  await untilServed(good);
  write(expired);
  await eventually(() =>
    expect(certificates.state().remarks.join()).toContain('the new certificate is out of its time'),
  );
  expect(served()).toBe(good.certificate);
});

test('a refresh looks at once', async () => {
  const [first, second] = [await leafFor(10), await leafFor(20)];
  write(first);
  start(600_000);
  await untilServed(first);
  write(second);
  certificates.refresh();
  await untilServed(second);
});
