import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { resources } from '../../core/model/resource.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  askFor,
  type Clusters,
  carryOver,
  consentToForce,
  consentToGiveUp,
  openClusters,
  replicate,
} from './protected-volume.ts';
import { type Ended, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

/** The cells of a table by heading; the last column runs to the end of the line. */
const rowsOf = ({ stdout }: Ended): Record<string, string>[] => {
  const [headings = '', ...lines] = stdout.trimEnd().split('\n');
  const starts = [...headings.matchAll(/\S+(?: \S+)*/g)].map((match) => ({
    name: match[0],
    at: match.index,
  }));
  return lines.map((line) =>
    Object.fromEntries(starts.map(({ name, at }, i) => [name, line.slice(at, starts[i + 1]?.at).trim()])),
  );
};

const rowOf = (ended: Ended): Record<string, string> => rowsOf(ended)[0] ?? {};

describe.each(serverFlavours)('kubectl dr status with $flavour', ({ flags }) => {
  let sandbox: RunningSandbox;
  let clusters: Clusters;
  const status = (...words: string[]) => sandbox.dr('status', ...words);
  const untilVerdict = (verdict: string, ...words: string[]) =>
    sandbox.until(
      () => status(...words),
      (ended) => rowOf(ended)['VERDICT'] === verdict,
    );

  beforeAll(async () => {
    sandbox = await startSandbox('--with-example', '--clock-factor=60', ...flags);
    clusters = openClusters(sandbox);
  });
  afterAll(async () => {
    clusters?.close();
    await sandbox?.end();
  });
  mendAfterFailures(() => sandbox);

  test('says that nothing is protected, and shows a claim that was named', async () => {
    expect(await status()).toEqual({
      code: 0,
      stdout: '',
      stderr: 'No protected volumes found in namespace default.\n',
    });
    const named = await status('rbd-pvc');
    expect(named.code).toBe(3);
    expect(rowOf(named)).toMatchObject({
      PVC: 'rbd-pvc',
      'CLUSTER-1': 'none',
      'CLUSTER-2': 'none',
      VERDICT: 'Unprotected',
    });
  });

  test('a namespace that no site has is an error, not an empty one', async () => {
    for (const verb of ['status', 'check']) {
      const ended = await sandbox.dr(verb, '-n', 'nosuch');
      expect(ended).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('error: namespace nosuch not found on cluster-1 or cluster-2'),
      });
      expect(ended.stderr).not.toContain('No findings');
    }
  });

  test('says which names do not exist', async () => {
    expect(await status('nope')).toMatchObject({
      code: 1,
      stderr:
        'error: persistentvolumeclaims "nope" not found in namespace default on cluster-1 or cluster-2\n',
    });
  });

  test('shows Protected once a sync is complete', async () => {
    await replicate(clusters.first, 'primary');
    const ended = await untilVerdict('Protected', '-A');
    expect(ended.code).toBe(0);
    expect(rowOf(ended)).toMatchObject({
      NAMESPACE: 'default',
      PVC: 'rbd-pvc',
      'CLUSTER-1': 'primary',
      'CLUSTER-2': 'none',
      LAG: expect.stringMatching(/^\d+s of 12m$/),
      'LAST SYNC': expect.stringMatching(/^\d+s$/),
      MESSAGE: expect.stringMatching(
        /^cluster-1 is primary and replicating; cluster-2 has no claim for it, and no backup is on record to fail over with; next: kubectl dr backup rbd-pvc -n default --context cluster-1$/,
      ),
    });
  });

  test('reads the same pair from the other side, and one site alone', async () => {
    expect(rowOf(await status('--context=cluster-2'))).toMatchObject({
      'CLUSTER-2': 'none',
      'CLUSTER-1': 'primary',
      VERDICT: 'Protected',
    });
    const json = await status('-o', 'jsonpath={.items[*].verdict} {.sites[*].name}');
    expect(json.stdout).toBe('Protected cluster-1 cluster-2');
  });

  test.each([
    { how: 'refuses', flag: [], why: /connection refused by 127\.0\.0\.1:/ },
    { how: 'hangs', flag: ['--hang'], why: /no answer from 127\.0\.0\.1:\d+ within 1s/ },
  ])('shows Unknown when the other site $how, within --request-timeout', async ({ flag, why }) => {
    await sandbox.dr('sandbox', 'fail', 'cluster-2', ...flag);
    const ended = await status('--request-timeout=1s');
    expect(ended.code).toBe(3);
    expect(rowOf(ended)).toMatchObject({
      'CLUSTER-1': 'primary',
      'CLUSTER-2': 'unknown',
      VERDICT: 'Unknown',
      MESSAGE: expect.stringContaining('kubectl --context cluster-2 get --raw=/readyz'),
    });
    expect(rowOf(ended)['MESSAGE']).toMatch(why);
    expect(ended.stderr).toContain('Warning: cluster-2 cannot be read');
    await sandbox.dr('sandbox', 'heal', 'cluster-2');
  });

  test('shows SplitBrain when the lost site comes back after a forced promote', async () => {
    await carryOver(clusters);
    await sandbox.dr('sandbox', 'fail', 'cluster-1');
    await replicate(clusters.second, 'primary', consentToForce());
    const alone = await sandbox.until(
      () => status('--request-timeout=1s'),
      (ended) => rowOf(ended)['CLUSTER-2'] === 'primary',
    );
    expect(alone.code).toBe(3);
    expect(rowOf(alone)).toMatchObject({ 'CLUSTER-1': 'unknown', VERDICT: 'Unknown' });

    await sandbox.dr('sandbox', 'heal', 'cluster-1');
    const ended = await untilVerdict('SplitBrain');
    expect(ended.code).toBe(3);
    expect(rowOf(ended)).toMatchObject({
      'CLUSTER-1': 'primary',
      'CLUSTER-2': 'primary',
      LAG: '<unknown>',
      MESSAGE: expect.stringMatching(/^both sites are primary .*; next: kubectl --context cluster-1 /),
    });
    expect((await status('--exit-zero')).code).toBe(0);
  });

  test('shows the return: the stale side is resynced, and the pair is Protected the other way round', async () => {
    await clusters.first.patch(
      resources.volumeReplications,
      { namespace: 'default', name: 'pvc-volumereplication' },
      { metadata: consentToGiveUp(), spec: { replicationState: 'secondary', autoResync: true } },
      { type: 'merge' },
    );
    const ended = await untilVerdict('Protected');
    expect(rowOf(ended)).toMatchObject({
      'CLUSTER-1': expect.stringMatching(/^(resyncing|secondary)$/),
      'CLUSTER-2': 'primary',
    });
  });

  test('shows a planned move on its way, and NoPrimary in the middle of it', async () => {
    // autoResync is for the return alone: while no site is primary there is nothing to fetch, and it is refused (DR108).
    await askFor(clusters.first, 'secondary', { autoResync: false });
    await untilVerdict('Protected');
    await askFor(clusters.second, 'secondary');
    const middle = await untilVerdict('NoPrimary');
    expect(rowOf(middle)).toMatchObject({ 'CLUSTER-1': 'secondary', 'CLUSTER-2': 'secondary' });
    await askFor(clusters.first, 'primary');
    expect(rowOf(await untilVerdict('Protected'))).toMatchObject({
      'CLUSTER-1': 'primary',
      'CLUSTER-2': 'secondary',
    });
  });
});
