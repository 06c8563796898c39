import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConsentText } from '../../../core/consent.ts';
import { catalogue } from '../../../core/rules/catalogue.ts';
import { run } from '../../../plugin/run.ts';
import { memoryIo } from '../memory-io.ts';

const now = Date.parse('2026-03-01T12:00:00Z');

const explain = async (...words: string[]): Promise<string> => {
  const io = memoryIo();
  expect({ code: await run(['explain', ...words], io), err: io.err() }).toEqual({ code: 0, err: '' });
  return io.out();
};

const entries = Object.values(catalogue);

describe('kubectl dr explain CODE', () => {
  it('prints cause, risk and remedy, with the commands to copy, and how to consent', async () => {
    expect(await explain('DR102')).toMatchInlineSnapshot(`
      "DR102: a primary while the other site is, or may be, primary

      Level:    guard: the change is refused, also where nobody can tell.
      Cause:    A volume is to become primary here. On the other site a replication of
                the same volume (same driver and volume handle) asks for primary or is
                not known to have stepped down; or the other site could not be asked:
                unreachable, forbidden, without the CRDs. With --without-peer=refuse,
                also where no other site is configured.
      Risk:     Both sites write, and one side loses its writes when they are joined
                again. The storage cannot tell: ceph-csi refuses a promote in the same
                words whether the peer is dead or healthy and primary, and a forced
                promote then makes a second primary that looks well.
      Remedy:   In a planned move demote on the other site, wait until both sites show
                it, then promote here. Only where the other site is lost: fence it or
                make sure that nothing runs there, look at how old the copy is, and
                accept the loss with a consent. A consent covers nothing worse than
                its giver saw: where the other site answers that it is primary,
                although its storage is lost, it says so itself (seen.peer: primary),
                and it takes kubectl dr promote --accept-second-primary=SITE, or the
                same flag of kubectl dr failover.

        kubectl dr status -n NAMESPACE PVC
        kubectl --context PEER -n NAMESPACE patch vr VR --type=merge -p '{"spec":{"replicationState":"secondary"}}'

      Consent:  force-promote. A user with the verb "consent" may accept the risk, for
                one change. LOSS is a duration such as 15m, or unknown; PEER what you
                know the other site to be (primary, not-primary or unknown), as a
                consent covers nothing worse; TIME is in UTC as 2026-01-02T15:04:05Z,
                at most an hour ahead.

        kubectl -n NAMESPACE annotate --overwrite vr VR kubectl-dr.dev/consent='{"accepts":["force-promote"],"seen":{"peer":"PEER"},"maxLoss":"LOSS","by":"YOU","reason":"WHY","expires":"TIME"}'
      "
    `);
  });

  it('takes a code in lower case', async () => {
    expect(await explain('dr301')).toBe(await explain('DR301'));
  });

  it.each(entries)('$code fits 80 columns, its commands aside, which are on one line each', async (entry) => {
    const lines = (await explain(entry.code)).split('\n');
    expect(lines.filter((line) => line.length > 80 && !/^ {2}(kubectl|dr-webhook) /.test(line))).toEqual([]);
    for (const command of entry.commands) expect(lines).toContain(`  ${command}`);
    const text = lines.map((line) => line.trim()).join(' ');
    for (const part of [entry.title, entry.cause, entry.risk, entry.remedy])
      expect(text.replaceAll(/ +/g, ' ')).toContain(part);
  });

  it.each(entries.filter(({ consent }) => consent !== undefined))(
    '$code shows a consent that is void until its words in capitals are replaced',
    async ({ code, consent }) => {
      const [, text = ''] = /kubectl-dr\.dev\/consent='(.*)'/.exec(await explain(code)) ?? [];
      const written = text
        .replace('LOSS', '15m')
        .replace('PEER', 'unknown')
        .replace('TIME', '2026-03-01T12:10:00Z');
      const states = [text, written].map((each) => consent && readConsentText(each, consent, now).state);
      expect(states).toEqual(['void', 'valid']);
    },
  );

  it.each([
    { format: 'json', read: (text: string): unknown => JSON.parse(text) },
    { format: 'yaml', read: (text: string): unknown => parse(text) },
  ])('prints the whole entry with -o $format', async ({ format, read }) => {
    expect(read(await explain('dr110', '-o', format))).toEqual({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'SafetyRule',
      ...catalogue.DR110,
    });
  });
});

describe('kubectl dr explain', () => {
  it('lists every rule with its level and title', async () => {
    const [heading, ...rows] = (await explain()).trimEnd().split('\n');
    expect(heading).toBe('CODE    LEVEL    TITLE');
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual(
      entries.map(({ code, level, title }) => [code, level, title]),
    );
  });

  it('lists every rule with -o json', async () => {
    expect(JSON.parse(await explain('-o', 'json'))).toEqual({
      apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
      kind: 'SafetyRuleList',
      items: entries,
    });
  });

  it.each(['DR999', 'DR', '', 'constructor'])('refuses the code "%s" with exit code 2', async (code) => {
    const io = memoryIo();
    expect(await run(['explain', code], io)).toBe(2);
    expect(io.err()).toMatch(/^error: there is no rule ".*", only DR101 to DR116, .*\n$/);
  });
});

describe('completion of explain', () => {
  const complete = async (...words: string[]): Promise<string[]> => {
    const io = memoryIo();
    await run(['__complete', 'explain', ...words], io);
    return io.out().trimEnd().split('\n');
  };

  it('offers the codes that go on as was begun, with their titles', async () => {
    expect(await complete('DR20')).toEqual([
      `DR201\t${catalogue.DR201.title}`,
      `DR202\t${catalogue.DR202.title}`,
      `DR203\t${catalogue.DR203.title}`,
      `DR204\t${catalogue.DR204.title}`,
      `DR205\t${catalogue.DR205.title}`,
      ':4',
    ]);
  });

  it('goes on in lower case', async () => {
    expect((await complete('dr30')).map((line) => line.split('\t')[0])).toEqual([
      'dr301',
      'dr302',
      'dr303',
      'dr304',
      'dr305',
      'dr306',
      ':4',
    ]);
  });

  it('offers nothing behind a code', async () => {
    expect(await complete('DR102', '')).toEqual([':4']);
  });
});

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Files that a file loads, now or later, directly or through others. */
const loadedBy = (file: string, seen: Set<string> = new Set()): ReadonlySet<string> => {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(join(root, file), 'utf8');
  for (const [, path = ''] of source.matchAll(/^(?!import type).*?(?:from|import\() ?'(\.[^']+)'/gm))
    loadedBy(relative(root, join(root, dirname(file), path)), seen);
  return seen;
};

describe('what explain loads', () => {
  it('is nothing that talks to clusters', () => {
    const loaded = [...loadedBy('plugin/explain/explain-rule.ts')];
    expect(loaded).toContain('core/rules/catalogue/guard-entries.ts');
    expect(
      loaded.filter((file) => !/^(core|plugin\/(explain|output))\/|^plugin\/[\w-]+\.ts$/.test(file)),
    ).toEqual([]);
  });
});
