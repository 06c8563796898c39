import { describe, expect, test } from 'vitest';
import { readConsentText } from '../../../core/consent.ts';
import type { RpoAtRisk } from '../../../core/step/rpo-at-risk.ts';
import { askConsent } from '../../../plugin/consent/ask-consent.ts';
import { consentText } from '../../../plugin/consent/consent-text.ts';
import { showLoss } from '../../../plugin/consent/show-loss.ts';
import type { ConsentOptions } from '../../../plugin/step/parse-step-flags.ts';
import { memoryIo } from '../memory-io.ts';

const lastSync = Date.parse('2026-11-20T11:56:00Z');
const fourMinutes: RpoAtRisk = { known: true, milliseconds: 225_000, lastSync, source: 'as the backup knew' };
const nobodyKnows: RpoAtRisk = { known: false, why: 'no sync is known here' };

const hours = (count: number): RpoAtRisk => ({ ...fourMinutes, milliseconds: count * 3_600_000 });

const item = (name: string, loss: RpoAtRisk) => ({
  key: { namespace: 'shop', name },
  need: {
    accepts: ['force-promote' as const],
    obstacles: [{ code: 'DR102' as const, message: 'cannot tell whether cluster-1 is primary' }],
    loses: 'what was written on cluster-1',
    loss,
  },
});

const question = (...items: ReturnType<typeof item>[]) => ({
  siteName: 'cluster-2',
  what: 'becomes primary by force',
  items,
});

const options = (more: Partial<ConsentOptions> = {}): ConsentOptions => ({
  yes: false,
  accepted: undefined,
  acceptedText: undefined,
  reason: undefined,
  ...more,
});

const told = (text: string, accepted: ConsentOptions['accepted']) =>
  options({ yes: true, accepted, acceptedText: text });

const granted = async (...words: Parameters<typeof askConsent>): Promise<Record<string, string | false>> => {
  const answers = await askConsent(...words);
  return Object.fromEntries([...answers].map(([key, it]) => [key, it.granted ? it.maxLoss : false]));
};

describe('where nobody can be asked', () => {
  test.each([
    ['nothing is said', options()],
    ['--yes alone is said', options({ yes: true })],
    ['only the loss is said', options({ accepted: 900_000, acceptedText: '15m' })],
  ])('a loss is not accepted when %s', async (_, said) => {
    const answers = await askConsent(question(item('db', fourMinutes)), said, memoryIo());
    expect(answers.get('shop/db')).toEqual({
      granted: false,
      why: expect.stringContaining('to accept it: --yes --accept-data-loss=4m'),
    });
  });

  test('it is accepted up to what was said, volume by volume', async () => {
    const items = [item('db', fourMinutes), item('web', nobodyKnows)];
    expect(await granted(question(...items), told('15m', 900_000), memoryIo())).toEqual({
      'shop/db': '15m',
      'shop/web': false,
    });
    expect(await granted(question(...items), told('3m', 180_000), memoryIo())).toEqual({
      'shop/db': false,
      'shop/web': false,
    });
    expect(await granted(question(...items), told('unknown', 'unknown'), memoryIo())).toEqual({
      'shop/db': 'unknown',
      'shop/web': 'unknown',
    });
  });
});

describe('a person at a terminal', () => {
  const terminal = (input?: string) => memoryIo({ isTerminal: true, ...(input !== undefined && { input }) });

  test('sees the facts first, and accepts by typing the name of the site', async () => {
    const io = terminal('cluster-2\n');
    const items = [item('db', fourMinutes), item('web', nobodyKnows)];
    expect(await granted(question(...items), options(), io)).toEqual({
      'shop/db': '4m',
      'shop/web': 'unknown',
    });
    expect(io.err()).toBe(
      [
        'DR102: cannot tell whether cluster-1 is primary.',
        'May be lost: what was written on cluster-1.',
        '',
        'NAMESPACE   PVC   LAST SYNC              LOSS            SOURCE',
        'shop        db    2026-11-20T11:56:00Z   at most 3m45s   as the backup knew',
        'shop        web   <unknown>              <unknown>       no sync is known here',
        '',
        '2 volumes; known: at most 3m45s; unknown: 1',
        '',
        'cluster-2 becomes primary by force. Type its name to accept that: ',
      ].join('\n'),
    );
    expect(io.out()).toBe('');
  });

  test.each<[string, RpoAtRisk[], string]>([
    [
      'the best and the worst',
      [fourMinutes, hours(2), hours(1)],
      '3 volumes; best: at most 3m45s; worst: at most 120m\n',
    ],
    [
      'of how many nobody knows',
      [hours(1), fourMinutes, nobodyKnows],
      'best: at most 3m45s; worst: at most 60m; unknown: 1\n',
    ],
    ['that nobody knows any', [nobodyKnows, nobodyKnows], '2 volumes; unknown: 2\n'],
  ])('is told of many volumes %s', (_, losses, expected) => {
    expect(showLoss(losses.map((loss, index) => item(`db-${index}`, loss)))).toContain(expected);
  });

  test('is shown names alone where a copy goes as a whole', async () => {
    const io = terminal('cluster-2\n');
    const whole = item('db', nobodyKnows);
    const need = { ...whole.need, accepts: ['unprotect' as const], obstacles: [] };
    await askConsent({ ...question(), items: [{ ...whole, need }] }, options(), io);
    expect(io.err().split('\n').slice(0, 4)).toEqual([
      'May be lost: what was written on cluster-1.',
      '',
      'NAMESPACE   PVC',
      'shop        db',
    ]);
  });

  test('is shown before a return what is thrown away with the older copy', async () => {
    const io = terminal('cluster-1\n');
    const need = {
      accepts: [],
      obstacles: [],
      loses: 'the copy on cluster-1, with whatever was written there alone; the one of cluster-2 replaces it',
      loss: { known: false, why: 'nobody can tell what was written there alone' },
    } as const;
    const items = ['db', 'web'].map((name) => ({ key: { namespace: 'shop', name }, need }));
    const asked = { siteName: 'cluster-1', what: 'throws its copy away', items };
    expect(await granted(asked, options(), io)).toEqual({ 'shop/db': 'unknown', 'shop/web': 'unknown' });
    expect(io.err()).toMatchInlineSnapshot(`
      "May be lost: the copy on cluster-1, with whatever was written there alone; the one of cluster-2 replaces it.

      NAMESPACE   PVC
      shop        db
      shop        web

      cluster-1 throws its copy away. Type its name to accept that: "
    `);
  });

  test.each([
    ['another name', 'cluster-1\n'],
    ['yes', 'y\n'],
    ['nothing', '\n'],
    ['no line at all', undefined],
  ])('does not accept by typing %s', async (_, input) => {
    expect(await granted(question(item('db', fourMinutes)), options(), terminal(input))).toEqual({
      'shop/db': false,
    });
  });

  test('is not asked about what is more than was said beforehand', async () => {
    const io = terminal('cluster-2\n');
    const said = options({ accepted: 60_000, acceptedText: '1m' });
    expect(await granted(question(item('db', fourMinutes)), said, io)).toEqual({ 'shop/db': false });
    expect(io.err()).toBe('');
  });

  test('can press Ctrl-C instead', async () => {
    const io = terminal();
    const asking = askConsent(question(item('db', fourMinutes)), options(), {
      ...io,
      stdin: (async function* () {
        await new Promise(() => {});
      })(),
    });
    io.interrupt();
    await expect(asking).rejects.toThrow();
  });
});

test('the consent that is written is one that the rules can read', () => {
  const text = consentText(
    { accepts: ['force-promote'], seen: undefined, maxLoss: '4m', by: 'alice', reason: undefined },
    lastSync,
  );
  expect(readConsentText(text, 'force-promote', lastSync)).toMatchObject({
    state: 'valid',
    consent: { by: 'alice', maxLoss: 240_000, expires: lastSync + 600_000 },
  });
});

describe('a second primary', () => {
  const besidePrimary = (() => {
    const one = item('db', fourMinutes);
    return { ...one, need: { ...one.need, besidePrimary: 'cluster-1' } };
  })();
  const answered = async (input: string) => {
    const io = memoryIo({ isTerminal: true, input: `${input}\n` });
    const answers = await granted(question(besidePrimary), options(), io);
    return { answers, shown: io.stderr };
  };

  test('takes a sentence that no habit types', async () => {
    expect((await answered('cluster-2')).answers).toEqual({ 'shop/db': false });
    expect((await answered('y')).answers).toEqual({ 'shop/db': false });
    expect((await answered('two primaries: cluster-2 beside cluster-1')).answers).toEqual({
      'shop/db': '4m',
    });
  });

  test('says without a terminal which flags it takes', async () => {
    const answers = await askConsent(question(besidePrimary), options(), memoryIo({}));
    expect(answers.get('shop/db')).toMatchObject({
      why: expect.stringMatching(/--yes --accept-data-loss=4m --accept-second-primary=cluster-1$/),
    });
  });
});
