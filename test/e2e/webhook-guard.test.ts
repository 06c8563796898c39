import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { consentAnnotation } from '../../core/consent.ts';
import { usesAnnotation } from '../../core/consent-use.ts';
import {
  claim,
  consentAnnotations,
  guardedVolumes,
  refusedBy,
  replication,
  replicationClass,
} from './guarded-volumes.ts';
import { haveKubectl, type RunningSandbox, serverFlavours, startSandbox } from './running-sandbox.ts';

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'the guard, met with kubectl and $flavour',
  ({ flags }) => {
    let sandbox: RunningSandbox;
    let at: ReturnType<typeof guardedVolumes>;

    beforeAll(async () => {
      sandbox = await startSandbox('--clock-factor=60', ...flags);
      at = guardedVolumes(sandbox);
      await at.setUpClasses();
    });
    afterAll(async () => {
      await sandbox?.end();
    });

    test('DR102: a second primary is refused, with --dry-run=server as well, and names the first', async () => {
      const volume = await at.protect('cluster-1', 'two-primaries');
      await at.carryOver('two-primaries', volume);
      const wish = replication('two-primaries', 'primary');
      for (const words of [[], ['--dry-run=server']]) {
        const text = refusedBy(await at.apply('cluster-2', wish, ...words), 'DR102');
        expect(text).toContain('cluster-1');
        expect(text).toContain('default/two-primaries');
      }
      expect((await at.apply('cluster-2', replication('two-primaries', 'secondary'))).code).toBe(0);
      refusedBy(await at.setState('cluster-2', 'two-primaries', { replicationState: 'primary' }), 'DR102');
    });

    test('DR102: a change is refused however large its object is, and by what it changes', async () => {
      const volume = await at.protect('cluster-1', 'large');
      await at.carryOver('large', volume);
      // kubectl keeps it a second time, and an update carries it before and after.
      const annotations = { 'example.com/notes': 'n'.repeat(100_000) };
      const secondary = replication('large', 'secondary', { annotations });
      expect(await at.apply('cluster-2', secondary)).toMatchObject({ code: 0 });
      refusedBy(await at.setState('cluster-2', 'large', { replicationState: 'primary' }), 'DR102');
      expect(await at.setState('cluster-2', 'large', { autoResync: false })).toMatchObject({ code: 0 });
    });

    test('DR102: a planned move passes as soon as the first site has demoted, by server-side apply too', async () => {
      const volume = await at.protect('cluster-1', 'moved');
      await at.carryOver('moved', volume);
      // DR113 refuses it until the other site has followed.
      const demote = () => at.setState('cluster-1', 'moved', { replicationState: 'secondary' });
      await sandbox.until(demote, ({ code }) => code === 0);
      await at.untilState('cluster-1', 'moved', 'Secondary');
      const orchestrate = ['--server-side', '--field-manager=ramen'];
      expect((await at.apply('cluster-2', replication('moved', 'primary'), ...orchestrate)).code).toBe(0);
      await at.untilState('cluster-2', 'moved', 'Primary');
      refusedBy(await at.setState('cluster-1', 'moved', { replicationState: 'primary' }), 'DR102');
      // It was primary, and does not show yet that it has followed the other site since (DR108).
      await at.consent('cluster-1', 'moved', 'resync');
      const resync = { replicationState: 'secondary', autoResync: true };
      expect((await at.setState('cluster-1', 'moved', resync)).code).toBe(0);
    });

    test('a claim and its VolumeReplication in one file are let in, however many come at once', async () => {
      const names = Array.from({ length: 12 }, (_, index) => `one-file-${index}`);
      const ended = await Promise.all(
        names.map((name) => at.apply('cluster-1', `${claim(name)}---\n${replication(name, 'primary')}`)),
      );
      for (const { code, stderr } of ended) expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const name of names) await at.untilState('cluster-1', name, 'Primary');
    });

    test('DR101 and DR105: a second VolumeReplication of the same claim is refused by both, at once', async () => {
      await at.protect('cluster-1', 'taken');
      const ended = await at.apply('cluster-1', replication('taken', 'primary', { name: 'taken-again' }));
      expect(refusedBy(ended, 'DR101')).toContain('default/taken');
      refusedBy(ended, 'DR105');
    });

    test('DR103: the claim has to be in the namespace of its VolumeReplication', async () => {
      await at.bind('cluster-1', 'elsewhere');
      await at.succeed('cluster-1', ['create', 'namespace', 'other']);
      const ended = await at.apply('cluster-1', replication('elsewhere', 'primary', { namespace: 'other' }));
      expect(refusedBy(ended, 'DR103')).toContain('default');
      refusedBy(await at.apply('cluster-1', replication('nowhere', 'primary')), 'DR103');
    });

    test('DR104: a volume that would go with its claim is refused until the printed command was run', async () => {
      const storageClass = {
        apiVersion: 'storage.k8s.io/v1',
        kind: 'StorageClass',
        metadata: { name: 'goes-with-claim' },
        provisioner: 'rbd.csi.ceph.com',
        parameters: { clusterID: 'rook-ceph', pool: 'replicapool' },
        reclaimPolicy: 'Delete',
      };
      await at.succeed('cluster-1', ['apply', '-f', '-'], stringify(storageClass));
      const volume = await at.bind('cluster-1', 'short-lived', { storageClassName: 'goes-with-claim' });
      const wish = replication('short-lived', 'primary');
      const text = refusedBy(await at.apply('cluster-1', wish), 'DR104');
      expect(text).toContain('Delete');
      const [, patch = ''] = /kubectl patch pv \S+ .*?-p '([^']+)'/.exec(text) ?? [];
      await at.succeed('cluster-1', ['patch', 'pv', volume, '-p', patch]);
      expect(await at.apply('cluster-1', wish)).toMatchObject({ code: 0 });
      const back = JSON.stringify({ spec: { persistentVolumeReclaimPolicy: 'Delete' } });
      refusedBy(await sandbox.kubectl('cluster-1', ['patch', 'pv', volume, '-p', back]), 'DR104');
    });

    test('DR104: a claim that is not bound yet is judged by its StorageClass', async () => {
      await at.succeed(
        'cluster-1',
        ['apply', '-f', '-'],
        claim('pending', { storageClassName: 'goes-with-claim', volumeName: 'no-such-volume' } as object),
      );
      expect(refusedBy(await at.apply('cluster-1', replication('pending', 'secondary')), 'DR104')).toContain(
        'goes-with-claim',
      );
    });

    test('DR106: a missing class, and a class of another driver', async () => {
      await at.bind('cluster-1', 'wrong-class');
      const missing = replication('wrong-class', 'primary', { className: 'missing' });
      expect(refusedBy(await at.apply('cluster-1', missing), 'DR106')).toContain('missing');
      await at.succeed(
        'cluster-1',
        ['apply', '-f', '-'],
        replicationClass('foreign', {}, 'other.example.com'),
      );
      const foreign = replication('wrong-class', 'primary', { className: 'foreign' });
      expect(refusedBy(await at.apply('cluster-1', foreign), 'DR106')).toContain('other.example.com');
    });

    test.each([
      ['an interval in words', { schedulingInterval: '5 minutes' }],
      ['an interval in seconds', { schedulingInterval: '90s' }],
      ['a start time that is none', { schedulingInterval: '5m', schedulingStartTime: 'noon' }],
      ['a mode that nobody knows', { mirroringMode: 'asynchronous' }],
      ['half a secret reference', { 'replication.storage.openshift.io/replication-secret-name': 'only' }],
    ])('DR107: a class with %s', async (_, parameters: Record<string, string>) => {
      refusedBy(await at.apply('cluster-1', replicationClass('bad', parameters)), 'DR107');
    });

    test('DR108: a resync where the other site is not primary is refused without consent', async () => {
      await at.protect('cluster-1', 'only-copy');
      // Not before the other site has followed it (DR113).
      const demote = () => at.setState('cluster-1', 'only-copy', { replicationState: 'secondary' });
      await sandbox.until(demote, ({ code }) => code === 0);
      await at.untilState('cluster-1', 'only-copy', 'Secondary');
      refusedBy(await at.setState('cluster-1', 'only-copy', { replicationState: 'resync' }), 'DR108');
      refusedBy(await at.setState('cluster-1', 'only-copy', { autoResync: true }), 'DR108');
      expect((await at.consent('cluster-1', 'only-copy', 'resync')).code).toBe(0);
      const waived = await at.setState('cluster-1', 'only-copy', { replicationState: 'resync' });
      expect(waived).toMatchObject({ code: 0, stderr: expect.stringMatching(/Warning: DR108.*on-call/s) });
    });

    test('DR102: a consent of somebody who could not ask covers no primary; the printed one does, and DR108 keeps what is lost by it', async () => {
      const volume = await at.protect('cluster-1', 'beside');
      await at.carryOver('beside', volume);
      const wish = (annotations = {}) => replication('beside', 'primary', { annotations });
      const unasked = await at.apply('cluster-2', wish(consentAnnotations('force-promote')));
      const text = refusedBy(unasked, 'DR102');
      expect(text).toContain('could not tell whether the other site is primary, and it says now that it is');
      const [, printed = ''] = /kubectl-dr\.dev\/consent='(\{[^']+\})'/.exec(text) ?? [];
      const consent = printed
        .replace('LOSS', 'unknown')
        .replace('YOU', 'on-call')
        .replace('TIME', new Date(Date.now() + 600_000).toISOString());
      const accepted = await at.apply('cluster-2', wish({ [consentAnnotation]: consent }));
      expect(accepted).toMatchObject({ code: 0, stderr: expect.stringMatching(/Warning: DR102.*on-call/s) });
      await at.untilState('cluster-2', 'beside', 'Primary');
      const { annotations } = (await at.read('cluster-2', 'vr', 'beside')).metadata;
      expect(JSON.parse(annotations[usesAnnotation])).toEqual([
        { consent: JSON.parse(consent), generation: 1 },
      ]);
      for (const spec of [
        { replicationState: 'secondary', autoResync: true },
        { replicationState: 'resync' },
      ]) {
        const refused = await at.setState('cluster-1', 'beside', spec);
        expect(refusedBy(refused, 'DR108')).toContain('may hold writes that cluster-2 never got');
      }
      await at.consent('cluster-1', 'beside', 'resync', 'lose-since-promote');
      const given = await at.setState('cluster-1', 'beside', {
        replicationState: 'secondary',
        autoResync: true,
      });
      expect(given).toMatchObject({ code: 0, stderr: expect.stringMatching(/Warning: DR108.*on-call/s) });
    });

    test('DR109: a primary is not demoted while a pod uses its claim', async () => {
      await at.protect('cluster-1', 'in-use');
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'writer', namespace: 'default' },
        spec: {
          containers: [{ name: 'main', image: 'busybox' }],
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'in-use' } }],
        },
      };
      await at.succeed('cluster-1', ['apply', '-f', '-'], stringify(pod));
      const demote = () => at.setState('cluster-1', 'in-use', { replicationState: 'secondary' });
      await sandbox.until(demote, ({ stderr }) => stderr.includes('DR109') && stderr.includes('writer'));
      await at.succeed('cluster-1', ['delete', 'pod', 'writer', '--now']);
      await sandbox.until(demote, ({ code }) => code === 0);
    });

    test('DR110: a VolumeReplication that protects is deleted with consent only', async () => {
      await at.protect('cluster-1', 'protecting');
      const remove = () => sandbox.kubectl('cluster-1', ['delete', 'vr', 'protecting', '--timeout=60s']);
      refusedBy(await remove(), 'DR110');
      await at.consent('cluster-1', 'protecting', 'unprotect');
      expect(await remove()).toMatchObject({ code: 0 });
    });

    test('DR111: claim, volume and namespace stay while they are protected, and go afterwards without a trace', async () => {
      await at.succeed('cluster-1', ['create', 'namespace', 'shop']);
      await at.bind('cluster-1', 'cart', { namespace: 'shop' });
      await at.succeed(
        'cluster-1',
        ['apply', '-f', '-'],
        replication('cart', 'primary', { namespace: 'shop' }),
      );
      const volume = (await at.read('cluster-1', '-n', 'shop', 'pvc', 'cart')).spec.volumeName;
      const remove = (...words: string[]) =>
        sandbox.kubectl('cluster-1', ['delete', '--timeout=60s', ...words]);
      expect(refusedBy(await remove('-n', 'shop', 'pvc', 'cart'), 'DR111')).toContain('shop/cart');
      refusedBy(await remove('pv', volume), 'DR111');
      expect(refusedBy(await remove('namespace', 'shop'), 'DR111')).toContain('cart');
      await sandbox.until(
        () =>
          sandbox.kubectl('cluster-1', ['-n', 'shop', 'get', 'vr', 'cart', '-o', 'jsonpath={.status.state}']),
        ({ stdout }) => stdout === 'Primary',
      );
      const consent = `${consentAnnotation}=${consentAnnotations('unprotect')[consentAnnotation]}`;
      await at.succeed('cluster-1', ['-n', 'shop', 'annotate', 'vr', 'cart', consent]);
      expect(await remove('-n', 'shop', 'vr', 'cart')).toMatchObject({ code: 0 });
      await sandbox.until(
        () => remove('namespace', 'shop'),
        ({ code }) => code === 0,
      );
      expect((await sandbox.kubectl('cluster-1', ['get', 'namespace', 'shop'])).stderr).toContain('NotFound');
    });

    test('DR112: a consent that nobody could honour is not even written down', async () => {
      await at.protect('cluster-1', 'consented');
      const annotate = (text: string) =>
        sandbox.kubectl('cluster-1', [
          'annotate',
          '--overwrite',
          'vr',
          'consented',
          `${consentAnnotation}=${text}`,
        ]);
      refusedBy(await annotate('yes, do it'), 'DR112');
      const expired = { accepts: ['unprotect'], maxLoss: '1m', by: 'me', expires: '2026-01-01T00:00:00Z' };
      expect(refusedBy(await annotate(JSON.stringify(expired)), 'DR112')).toContain('expired');
    });

    test('DR112: whoever may edit VolumeReplications may not for that reason consent', async () => {
      const editor = stringify({
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name: 'editor' },
        rules: [
          {
            apiGroups: ['replication.storage.openshift.io'],
            resources: ['volumereplications'],
            verbs: ['get', 'patch', 'update', 'delete'],
          },
        ],
      });
      await at.succeed('cluster-1', ['apply', '-f', '-'], editor);
      await at.succeed('cluster-1', [
        'create',
        'clusterrolebinding',
        'bob-edits',
        '--clusterrole=editor',
        '--user=bob',
      ]);
      const consent = `${consentAnnotation}=${consentAnnotations('unprotect')[consentAnnotation]}`;
      const annotate = () =>
        sandbox.kubectl('cluster-1', ['--as=bob', 'annotate', 'vr', 'consented', consent]);
      expect(refusedBy(await annotate(), 'DR112')).toContain('bob');
      const consenter = [
        'create',
        'clusterrole',
        'consenter',
        '--verb=consent',
        '--resource=volumereplications.replication.storage.openshift.io',
      ];
      await at.succeed('cluster-1', consenter);
      await at.succeed('cluster-1', [
        'create',
        'clusterrolebinding',
        'bob-consents',
        '--clusterrole=consenter',
        '--user=bob',
      ]);
      await sandbox.until(annotate, ({ code }) => code === 0);
      const removed = await sandbox.kubectl('cluster-1', [
        '--as=bob',
        'delete',
        'vr',
        'consented',
        '--wait=false',
      ]);
      expect(removed).toMatchObject({ code: 0 });
    });

    test('a site in the dark may be primary: DR102 refuses, says how to consent, and lets consent pass', async () => {
      const volume = await at.protect('cluster-1', 'lost');
      await at.carryOver('lost', volume);
      await sandbox.dr('sandbox', 'fail', 'cluster-1');
      try {
        const text = refusedBy(await at.apply('cluster-2', replication('lost', 'primary')), 'DR102');
        expect(text).toContain('cluster-1');
        expect(text).toContain(consentAnnotation);
        const accepted = replication('lost', 'primary', { annotations: consentAnnotations('force-promote') });
        const waived = await at.apply('cluster-2', accepted);
        expect(waived).toMatchObject({ code: 0, stderr: expect.stringMatching(/Warning: DR102.*on-call/s) });
        await at.untilState('cluster-2', 'lost', 'Primary');
      } finally {
        await sandbox.dr('sandbox', 'heal', 'cluster-1');
      }
      // Both are primary now, and consent was for once: the way back begins with a demotion. What the dark site sends arrives nowhere (DR113).
      await at.consent('cluster-1', 'lost', 'lose-since-promote');
      expect((await at.setState('cluster-1', 'lost', { replicationState: 'secondary' })).code).toBe(0);
      await at.untilState('cluster-1', 'lost', 'Secondary');
      refusedBy(await at.setState('cluster-1', 'lost', { replicationState: 'primary' }), 'DR102');
    });
  },
);
