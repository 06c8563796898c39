import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { assess } from '../../../core/status/assess.ts';
import type { SiteSnapshot } from '../../../core/status/snapshot.ts';
import { parseOutputFormat } from '../../../plugin/status/output-format.ts';
import { createPrinter } from '../../../plugin/status/printer.ts';
import { createChangeFilter } from '../../../plugin/status/watch-status.ts';
import { darkSite, now, pv, pvc, site, type VrSketch, vgr, vr } from '../../core/status/objects.ts';
import { memoryIo } from '../memory-io.ts';

const replica: VrSketch = { wants: 'secondary', state: 'Secondary', sets: ['resyncing'] };
const claims = ['cache', 'db', 'log', 'queue', 'web'];
const everywhere = {
  claims: known(claims.map((name) => pvc(name))),
  volumes: known(claims.map((name) => pv(`pv-${name}`))),
};

const east = site('east', {
  ...everywhere,
  replications: [
    vr({ claim: 'cache', changed: 1, asked: 1 }),
    vr({ claim: 'db', synced: 3 }),
    vr({ claim: 'log', synced: 11 }),
    vr({ claim: 'queue', synced: 4 }),
    vr({ claim: 'web', wants: 'secondary', state: 'Secondary', sets: ['inSync'], changed: 1 }),
  ],
});
const west = site('west', {
  ...everywhere,
  replications: [
    vr({ ...replica, claim: 'db' }),
    vr({ ...replica, claim: 'log' }),
    vr({ claim: 'queue', changed: 5 }),
    vr({ claim: 'web', wants: 'secondary', state: 'Secondary', sets: ['inSync'], changed: 1 }),
  ],
});

const screen = async (
  snapshots: [SiteSnapshot, SiteSnapshot?],
  options: { output?: string; namespaces?: boolean; color?: string; 'no-headers'?: boolean } = {},
): Promise<string> => {
  const io = memoryIo();
  const { output, namespaces = false, color = 'auto', ...flags } = options;
  const printer = createPrinter({
    format: await parseOutputFormat(output),
    flags: { color, ...flags },
    namespaces,
    io,
  });
  const volumes = assess({ here: snapshots[0], there: snapshots[1], now });
  await printer.print({ volumes, snapshots: snapshots.filter((snapshot) => snapshot !== undefined) }, now);
  return `\n${io.out()}`;
};

describe('the screen', () => {
  it('shows both sites side by side', async () => {
    expect(await screen([east, west])).toMatchInlineSnapshot(`
      "
      PVC     EAST        WEST        VERDICT      LAG         LAST SYNC   MESSAGE
      cache   primary     none        Moving       <unknown>   <none>      not followed yet: 60s since east became primary, and what is written now is on it alone
      db      primary     secondary   Protected    3m of 5m    3m          east is primary and replicating
      log     primary     secondary   Lagging      11m of 5m   11m         last sync was 11m ago, 2.2 intervals: see the link and the mirror daemons; next: kubectl --context east -n shop describe vr log-vr
      queue   primary     primary     SplitBrain   <unknown>   <none>      both sites are primary (east for 60m, west for 5m): stop the pods on the side to give up, then make it secondary: kubectl dr demote queue -n shop --context east; or kubectl dr demote queue -n shop --context west; next: kubectl --context east -n shop describe pvc queue
      web     secondary   secondary   NoPrimary    <unknown>   <none>      no site is primary, the copies are in sync: promote the side that is to run the application; next: kubectl dr promote web -n shop --context east
      "
    `);
  });

  it('shows what is known of one site when the other is dark', async () => {
    expect(await screen([darkSite('east'), west], { namespaces: true })).toMatchInlineSnapshot(`
      "
      NAMESPACE   PVC     EAST      WEST        VERDICT   LAG         LAST SYNC   MESSAGE
      shop        db      unknown   secondary   Unknown   <unknown>   <none>      east cannot be read (connection refused by 10.0.0.1:6443): if it is lost, "kubectl dr failover db -n shop --context west" shows what is at risk before it asks; next: kubectl --context east get --raw=/readyz
      shop        log     unknown   secondary   Unknown   <unknown>   <none>      east cannot be read (connection refused by 10.0.0.1:6443): if it is lost, "kubectl dr failover log -n shop --context west" shows what is at risk before it asks; next: kubectl --context east get --raw=/readyz
      shop        queue   unknown   primary     Unknown   <unknown>   <none>      east cannot be read (connection refused by 10.0.0.1:6443): it may be primary, too; next: kubectl --context east get --raw=/readyz
      shop        web     unknown   secondary   Unknown   <unknown>   <none>      east cannot be read (connection refused by 10.0.0.1:6443): if it is lost, "kubectl dr failover web -n shop --context west" shows what is at risk before it asks; next: kubectl --context east get --raw=/readyz
      "
    `);
  });

  it('shows one site without a peer', async () => {
    expect(await screen([east])).toMatchInlineSnapshot(`
      "
      PVC     EAST        VERDICT     LAG         LAST SYNC   MESSAGE
      cache   primary     Moving      <unknown>   <none>      not followed yet: 60s since east became primary, and what is written now is on it alone
      db      primary     Protected   3m of 5m    3m          east is primary and replicating
      log     primary     Lagging     11m of 5m   11m         last sync was 11m ago, 2.2 intervals: see the link and the mirror daemons; next: kubectl --context east -n shop describe vr log-vr
      queue   primary     Protected   4m of 5m    4m          east is primary and replicating
      web     secondary   Unknown     <unknown>   <none>      east holds the replica, and no other site is known: name it with --peer-context
      "
    `);
  });

  it('shows objects and volumes with -o wide', async () => {
    const one = { ...everywhere, replications: [vr({ synced: 3 })] };
    expect(await screen([site('east', one), site('west')], { output: 'wide' })).toMatchInlineSnapshot(`
      "
      PVC   EAST      WEST   VERDICT     LAG        LAST SYNC   VR EAST    CLASS EAST   PV EAST   VR WEST   CLASS WEST   PV WEST   DRIVER             HANDLE         REASON        MESSAGE
      db    primary   none   Protected   3m of 5m   3m          vr/db-vr   every-5m     pv-db     <none>    <none>       <none>    rbd.csi.ceph.com   handle-pv-db   Replicating   east is primary and replicating
      "
    `);
  });

  it('shows the claims of a group as protected', async () => {
    const grouped = site('east', { ...everywhere, groups: [vgr(['db', 'web'], { synced: 3 })] });
    expect(
      await screen([grouped, site('west', everywhere)], { output: 'wide', 'no-headers': true }),
    ).toMatchInlineSnapshot(`
      "
      db    primary   none   Protected   3m of 5m   3m   vgr/all   every-5m   pv-db    <none>   <none>   <none>   rbd.csi.ceph.com   handle-pv-db    Replicating   east is primary and replicating
      web   primary   none   Protected   3m of 5m   3m   vgr/all   every-5m   pv-web   <none>   <none>   <none>   rbd.csi.ceph.com   handle-pv-web   Replicating   east is primary and replicating
      "
    `);
  });

  it('colours nothing but the verdict', async () => {
    const colored = await screen([east, west], { color: 'always' });
    expect(stripVTControlCharacters(colored)).toBe(await screen([east, west]));
    const painted = colored.split(String.fromCharCode(27)).filter((piece) => !piece.startsWith('[39m'));
    expect(painted.slice(1).map((piece) => piece.replace(/^\[3\dm/, ''))).toEqual([
      'Moving',
      'Protected',
      'Lagging',
      'SplitBrain',
      'NoPrimary',
    ]);
  });

  it('prints names that kubectl takes', async () => {
    expect(await screen([east, west], { output: 'name' })).toBe(
      `\n${claims.map((name) => `persistentvolumeclaim/${name}\n`).join('')}`,
    );
  });

  it('prints a template', async () => {
    const output = 'jsonpath={range .items[*]}{.persistentVolumeClaim}={.lagSeconds} {end}';
    expect(await screen([east, west], { output })).toBe('\ncache=null db=180 log=660 queue=null web=null ');
  });

  it('prints a document with stable names', async () => {
    const one = { ...everywhere, replications: [vr({ synced: 3 })] };
    expect(await screen([site('east', one), site('west')], { output: 'yaml' })).toMatchInlineSnapshot(`
      "
      apiVersion: cli.kubectl-dr.dev/v1alpha1
      kind: StatusReport
      generatedAt: 2026-11-20T12:00:00Z
      sites:
        - name: east
          context: east
          readable: true
          message: null
        - name: west
          context: west
          readable: true
          message: null
      summary:
        total: 1
        protected: 1
        moving: 0
        lagging: 0
        degraded: 0
        noPrimary: 0
        splitBrain: 0
        unprotected: 0
        unknown: 0
      items:
        - namespace: shop
          persistentVolumeClaim: db
          volume:
            driver: rbd.csi.ceph.com
            volumeHandle: handle-pv-db
          matchedBy: identity
          verdict: Protected
          level: ok
          reason: Replicating
          message: east is primary and replicating
          nextCommand: null
          schedulingInterval: 5m
          lastSyncTime: 2026-11-20T11:57:00Z
          lagSeconds: 180
          lagIntervals: 0.6
          rpoAtRiskSeconds: 180
          lastSyncBytes: null
          lastSyncDuration: null
          operation: null
          sites:
            - name: east
              role: primary
              desired: primary
              progress: settled
              inSync: false
              since: 2026-11-20T11:00:00Z
              message: promoted
              persistentVolumeClaim: shop/db
              persistentVolume: pv-db
              storageClass: csi-rbd-sc
              replication:
                kind: VolumeReplication
                namespace: shop
                name: db-vr
                class: every-5m
                state: Primary
                generation: 1
                observedGeneration: 1
            - name: west
              role: none
              desired: null
              progress: settled
              inSync: false
              since: null
              message: not replicated on this site
              persistentVolumeClaim: null
              persistentVolume: null
              storageClass: null
              replication: null
      "
    `);
  });
});

describe('a watch', () => {
  it('prints a row again when role, verdict or sync changed, not when only the clock moved', () => {
    const changes = createChangeFilter();
    const at = (minutes: number, synced: number) =>
      assess({
        here: site('east', { replications: [vr({ synced })] }),
        there: site('west', { replications: [vr(replica)] }),
        now: now + minutes * 60_000,
      });
    const printed = [at(0, 3), at(1, 3), at(1, 0), at(12, 0)].map((volumes) =>
      changes(volumes).map(({ verdict }) => verdict.name),
    );
    expect(printed).toEqual([['Protected'], [], ['Protected'], ['Lagging']]);
  });

  it('says once that a volume is no longer replicated', () => {
    const changes = createChangeFilter();
    const volumes = assess({ here: east, there: west, now });
    changes(volumes);
    const printed = [volumes.slice(1), volumes.slice(1)].map((next) =>
      changes(next).map(({ claimName, verdict }) => [claimName, verdict.reason]),
    );
    expect(printed).toEqual([[['cache', 'Removed']], []]);
  });
});
