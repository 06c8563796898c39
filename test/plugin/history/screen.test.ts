import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import type { OperationRecord } from '../../../core/operation/operation-record.ts';
import { mergeRecords, type SiteRecords } from '../../../core/operation/read-record.ts';
import type { SiteHistory } from '../../../plugin/history/gather-records.ts';
import { printHistory } from '../../../plugin/history/print-history.ts';
import { parseOutputFormat } from '../../../plugin/status/output-format.ts';
import { on, record } from '../../core/operation/records.ts';
import { memoryIo } from '../memory-io.ts';
import { memoryCluster } from '../status/memory-cluster.ts';

const day = '2026-11-20T';
const now = Date.parse(`${day}12:00:00Z`);

const done: NonNullable<OperationRecord['status']> = {
  phase: 'Succeeded',
  startedAt: `${day}11:00:00Z`,
  endedAt: `${day}11:03:20Z`,
  pointOfNoReturnAt: `${day}11:01:10Z`,
  secondsToPrimary: 80,
  secondsToReady: 200,
  dataLoss: '0s',
  workloads: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', site: 'east', replicas: 3 }],
  steps: [
    { name: 'Stop', site: 'east', startedAt: `${day}11:00:00Z`, endedAt: `${day}11:00:40Z` },
    { name: 'Demote', site: 'east', startedAt: `${day}11:00:40Z`, endedAt: `${day}11:01:10Z` },
    { name: 'Promote', site: 'west', startedAt: `${day}11:01:10Z`, endedAt: `${day}11:01:20Z` },
  ],
};

const relocate = record({
  name: 'relocate-1',
  createdAt: `${day}11:00:00Z`,
  spec: { volumes: [{ persistentVolumeClaim: 'db', driver: 'rbd.csi.ceph.com', volumeHandle: 'h1' }] },
  status: done,
});
const other = record({ name: 'relocate-1', namespace: 'web', createdAt: `${day}11:00:00Z`, status: done });
const failover = record({
  name: 'failover-1',
  createdAt: `${day}11:50:00Z`,
  spec: {
    verb: 'Failover',
    from: { name: 'west' },
    to: { name: 'east' },
    by: 'bob',
    reason: 'west is\nlost',
  },
  status: {
    phase: 'Failed',
    message: 'the promote was \u001b[31mrefused',
    startedAt: `${day}11:50:00Z`,
    endedAt: `${day}11:52:00Z`,
    staleSite: 'west',
    consents: [
      { accepts: 'force-promote', maxLoss: '15m', by: 'bob', at: `${day}11:51:00Z`, reason: 'west is lost' },
    ],
    steps: [{ name: 'Promote', site: 'east', startedAt: `${day}11:51:00Z` }],
  },
});
const running = record({
  name: 'failback-1',
  createdAt: `${day}11:59:00Z`,
  spec: {
    verb: 'Failback',
    volumes: Array.from({ length: 12 }, (_, i) => ({ persistentVolumeClaim: `db-${i}` })),
  },
});

const historyOf = ({ site, records }: SiteRecords): SiteHistory => ({
  site: { ...site, cluster: memoryCluster(site.name, {}) },
  records: known(records),
});

const screen = async (
  sites: readonly SiteRecords[],
  options: {
    output?: string;
    inFull?: boolean;
    namespaces?: boolean;
    color?: string;
    'no-headers'?: boolean;
  } = {},
): Promise<string> => {
  const { output, inFull = false, namespaces = false, color = 'auto', ...flags } = options;
  const io = memoryIo({ now: () => now });
  await printHistory(mergeRecords(sites), sites.map(historyOf), {
    format: await parseOutputFormat(output),
    flags: { color, ...flags },
    inFull,
    namespaces,
    io,
  });
  return `\n${io.out()}`;
};

const both = [on('east', relocate, other, failover, running), on('west', relocate, running)];

describe('the history of both sites', () => {
  it('has a row for each operation, the latest first', async () => {
    expect(await screen(both)).toMatchInlineSnapshot(`
      "
      NAME         VERB       FROM   TO     VOLUMES   BY      STARTED   DURATION   RESULT      LOSS
      failback-1   Failback   east   west   12        alice   60s       60s        Running     <unknown>
      failover-1   Failover   west   east   1         bob     10m       2m         Failed      <unknown>
      relocate-1   Relocate   east   west   2         alice   60m       3m20s      Succeeded   0s
      "
    `);
  });

  it('tells more with -o wide, and namespaces with -A', async () => {
    expect(await screen(both, { output: 'wide', namespaces: true })).toMatchInlineSnapshot(`
      "
      NAMESPACES   NAME         VERB       FROM   TO     VOLUMES   BY      STARTED                DURATION   RESULT      LOSS        TO PRIMARY   TO READY    RECORDS ON   REASON         MESSAGE
      shop         failback-1   Failback   east   west   12        alice   2026-11-20T11:59:00Z   60s        Running     <unknown>   <unknown>    <unknown>   east,west    <none>         <none>
      shop         failover-1   Failover   west   east   1         bob     2026-11-20T11:50:00Z   2m         Failed      <unknown>   <unknown>    <unknown>   east         west is lost   the promote was [31mrefused
      shop,web     relocate-1   Relocate   east   west   2         alice   2026-11-20T11:00:00Z   3m20s      Succeeded   0s          80s          3m20s       east,west    <none>         <none>
      "
    `);
  });

  it('names no more than three namespaces of an operation', async () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((namespace) => record({ namespace }));
    const shown = await screen([on('east', ...many)], { namespaces: true, 'no-headers': true });
    expect(shown).toMatch(/^\na,b,c,\+2 {3}relocate-1 /);
  });

  it('colours nothing but the result', async () => {
    const colored = await screen(both, { color: 'always' });
    expect(stripVTControlCharacters(colored)).toBe(await screen(both));
    const painted = colored.split(`${String.fromCharCode(27)}[3`).map((piece) => piece.split('m')[1]);
    expect(painted.filter((text) => text?.match(/^[A-Z]/)).map((text) => text?.trim().slice(0, 7))).toEqual(
      ['Running', 'Failed', 'Succeed'].map((text) => expect.stringContaining(text)),
    );
  });

  it('prints names that kubectl takes', async () => {
    expect(await screen(both, { output: 'name' })).toBe(
      `\n${['failback-1', 'failover-1', 'relocate-1'].map((name) => `operation.kubectl-dr.dev/${name}\n`).join('')}`,
    );
  });

  it('prints a template', async () => {
    const output = 'jsonpath={range .items[*]}{.name}={.durationSeconds} {end}';
    expect(await screen(both, { output })).toBe('\nfailback-1=60 failover-1=120 relocate-1=200 ');
  });
});

const { dataLoss: _loss, pointOfNoReturnAt: _noReturn, ...begun } = done;
const undone = record({
  name: 'relocate-2',
  createdAt: `${day}11:30:00Z`,
  status: {
    ...begun,
    phase: 'Undone',
    steps: [
      { name: 'Stop', site: 'east', startedAt: `${day}11:30:00Z`, endedAt: `${day}11:30:10Z` },
      { name: 'HandOver', site: 'east', startedAt: `${day}11:30:10Z` },
    ],
  },
});
const returned = record({
  name: 'failback-2',
  createdAt: `${day}11:40:00Z`,
  spec: { verb: 'Failback' },
  status: { ...done, dataLoss: 'unknown (what was written on west alone was thrown away)' },
});

describe('what was taken back, and what was thrown away', () => {
  it('has no loss, and who says so is told in full alone', async () => {
    expect(await screen([on('east', undone, returned)], { output: 'wide' })).toMatchInlineSnapshot(`
      "
      NAME         VERB       FROM   TO     VOLUMES   BY      STARTED                DURATION   RESULT      LOSS      TO PRIMARY   TO READY   RECORDS ON   REASON   MESSAGE
      failback-2   Failback   east   west   1         alice   2026-11-20T11:00:00Z   3m20s      Succeeded   unknown   80s          3m20s      east         <none>   <none>
      relocate-2   Relocate   east   west   1         alice   2026-11-20T11:00:00Z   3m20s      Undone      <none>    <none>       <none>     east         <none>   <none>
      "
    `);
  });

  it('has no measures, and steps that nobody waited for', async () => {
    expect(await screen([on('east', undone)], { inFull: true })).toMatchInlineSnapshot(`
      "
      Name:         relocate-2
      Verb:         Relocate
      From:         east
      To:           west
      By:           alice
      Result:       Undone
      Started:      2026-11-20T11:00:00Z (60m ago)
      Ended:        2026-11-20T11:03:20Z (56m ago)
      Duration:     3m20s
      Data loss:    <none>
      Records:      east (shop)

      Volumes (1):
        PVC   DRIVER      HANDLE
        db    <unknown>   <unknown>

      Consents: <none>

      Workloads:
        KIND         NAME   SITE   REPLICAS BEFORE
        Deployment   web    east   3

      Steps:
        STEP       SITE   STARTED                DURATION   RESULT
        Stop       east   2026-11-20T11:30:00Z   10s        Done
        HandOver   east   2026-11-20T11:30:10Z   0s         Left
      "
    `);
    expect(await screen([on('east', returned)], { inFull: true })).toContain(
      '\nData loss:    unknown (what was written on west alone was thrown away)\n',
    );
  });
});

describe('one operation in full', () => {
  it('shows what was done, by whom, and each step', async () => {
    expect(
      await screen([on('east', relocate), on('west', relocate)], { inFull: true }),
    ).toMatchInlineSnapshot(`
      "
      Name:         relocate-1
      Verb:         Relocate
      From:         east
      To:           west
      By:           alice
      Result:       Succeeded
      Started:      2026-11-20T11:00:00Z (60m ago)
      Ended:        2026-11-20T11:03:20Z (56m ago)
      Duration:     3m20s
      No return:    2026-11-20T11:01:10Z (58m ago)
      To primary:   80s
      To ready:     3m20s
      Data loss:    0s
      Records:      east (shop), west (shop)

      Volumes (1):
        PVC   DRIVER             HANDLE
        db    rbd.csi.ceph.com   h1

      Consents: <none>

      Workloads:
        KIND         NAME   SITE   REPLICAS BEFORE
        Deployment   web    east   3

      Steps:
        STEP      SITE   STARTED                DURATION   RESULT
        Stop      east   2026-11-20T11:00:00Z   40s        Done
        Demote    east   2026-11-20T11:00:40Z   30s        Done
        Promote   west   2026-11-20T11:01:10Z   10s        Done
      "
    `);
  });

  it('shows consents, why it stopped, and what goes on with it', async () => {
    expect(await screen([on('east', failover)], { inFull: true })).toMatchInlineSnapshot(`
      "
      Name:         failover-1
      Verb:         Failover
      From:         west
      To:           east
      By:           bob
      Reason:       west is lost
      Result:       Failed: the promote was [31mrefused
      Started:      2026-11-20T11:50:00Z (10m ago)
      Ended:        2026-11-20T11:52:00Z (8m ago)
      Duration:     2m
      Data loss:    <unknown>
      Stale site:   west
      Records:      east (shop)
      Next:         kubectl dr resume failover-1 -n shop --context east

      Volumes (1):
        PVC   DRIVER      HANDLE
        db    <unknown>   <unknown>

      Consents:
        AT                     BY    ACCEPTS         MAX LOSS   REASON
        2026-11-20T11:51:00Z   bob   force-promote   15m        west is lost

      Workloads: <none>

      Steps:
        STEP      SITE   STARTED                DURATION   RESULT
        Promote   east   2026-11-20T11:51:00Z   60s        Failed
      "
    `);
  });

  it('shows which namespace a part is of where there are several', async () => {
    expect(await screen([on('east', relocate, other)], { inFull: true })).toMatchInlineSnapshot(`
      "
      Name:         relocate-1
      Verb:         Relocate
      From:         east
      To:           west
      By:           alice
      Result:       Succeeded
      Started:      2026-11-20T11:00:00Z (60m ago)
      Ended:        2026-11-20T11:03:20Z (56m ago)
      Duration:     3m20s
      No return:    2026-11-20T11:01:10Z (58m ago)
      To primary:   80s
      To ready:     3m20s
      Data loss:    0s
      Records:      east (shop, web)

      Volumes (2):
        NAMESPACE   PVC   DRIVER             HANDLE
        shop        db    rbd.csi.ceph.com   h1
        web         db    <unknown>          <unknown>

      Consents: <none>

      Workloads:
        NAMESPACE   KIND         NAME   SITE   REPLICAS BEFORE
        shop        Deployment   web    east   3
        web         Deployment   web    east   3

      Steps:
        STEP      NAMESPACE   SITE   STARTED                DURATION   RESULT
        Stop      shop        east   2026-11-20T11:00:00Z   40s        Done
        Stop      web         east   2026-11-20T11:00:00Z   40s        Done
        Demote    shop        east   2026-11-20T11:00:40Z   30s        Done
        Demote    web         east   2026-11-20T11:00:40Z   30s        Done
        Promote   shop        west   2026-11-20T11:01:10Z   10s        Done
        Promote   web         west   2026-11-20T11:01:10Z   10s        Done
      "
    `);
  });

  it('shows the first of many volumes, and all with -o wide', async () => {
    const some = await screen([on('east', running)], { inFull: true });
    expect(some).toContain('\nVolumes (12):\n');
    expect(some).toMatch(/ {2}db-9 .*\n {2}and 2 more: -o wide\n/);
    expect(await screen([on('east', running)], { inFull: true, output: 'wide' })).toContain('  db-11 ');
  });

  it('prints a document with stable names', async () => {
    expect(await screen([on('east', failover)], { inFull: true, output: 'yaml' })).toMatchInlineSnapshot(`
      "
      apiVersion: cli.kubectl-dr.dev/v1alpha1
      kind: HistoryReport
      generatedAt: 2026-11-20T12:00:00Z
      sites:
        - name: east
          context: east
          readable: true
          message: null
      items:
        - name: failover-1
          namespaces:
            - shop
          verb: Failover
          from:
            name: west
            clusterUid: null
          to:
            name: east
            clusterUid: null
          by: bob
          reason: |-
            west is
            lost
          phase: Failed
          message: "the promote was \\e[31mrefused"
          resumable: true
          startedAt: 2026-11-20T11:50:00Z
          endedAt: 2026-11-20T11:52:00Z
          durationSeconds: 120
          pointOfNoReturnAt: null
          secondsToPrimary: null
          secondsToReady: null
          dataLoss: null
          staleSite: west
          volumes:
            - namespace: shop
              persistentVolumeClaim: db
              driver: null
              volumeHandle: null
          consents:
            - accepts: force-promote
              maxLoss: 15m
              by: bob
              at: 2026-11-20T11:51:00Z
              reason: west is lost
          workloads: []
          steps:
            - namespace: shop
              name: Promote
              site: east
              startedAt: 2026-11-20T11:51:00Z
              endedAt: null
              result: Failed
          records:
            - site: east
              namespace: shop
      "
    `);
  });
});
