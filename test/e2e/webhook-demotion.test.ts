import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { demotionAnnotation } from '../../core/following/demotion.ts';
import { consentAnnotations, guardedVolumes, refusedBy, replication } from './guarded-volumes.ts';
import { mendAfterFailures } from './mend-after-failures.ts';
import {
  type Ended,
  haveKubectl,
  type RunningSandbox,
  serverFlavours,
  startSandbox,
} from './running-sandbox.ts';

// DR204, for those who demote without kubectl dr. What a request answers is what the webhook made of it: dr-controller comes later.

type Stored = { metadata: { generation: number; annotations: Record<string, string> } };

const markIn = ({ metadata: { annotations } }: Stored): unknown =>
  JSON.parse(annotations[demotionAnnotation] ?? 'null');

describe.skipIf(!haveKubectl).each(serverFlavours)(
  'a demotion with plain kubectl, and $flavour',
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
    mendAfterFailures(() => sandbox);

    /** Primary on cluster-1, with a copy on cluster-2. */
    const protect = async (name: string): Promise<void> => {
      await at.carryOver(name, await at.protect('cluster-1', name));
      await at.succeed('cluster-2', ['apply', '-f', '-'], replication(name, 'secondary'));
    };

    const untilFollowed = (name: string): Promise<Ended> =>
      at.succeed('cluster-1', ['wait', 'vr', name, '--for=condition=Followed', '--timeout=50s']);

    const secondary = { replicationState: 'secondary' };
    const objectIn = ({ stdout }: Ended): Stored => JSON.parse(stdout) as Stored;

    test('that the other site has followed leaves a mark that says so, and prints nothing', async () => {
      await protect('followed');
      await untilFollowed('followed');
      const ended = await at.setState('cluster-1', 'followed', secondary, '-o', 'json');
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const object = objectIn(ended);
      expect(markIn(object)).toEqual({
        followed: 'yes',
        generation: object.metadata.generation,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        lastSync: expect.stringMatching(/^\d{4}-.*Z$/),
      });
      await at.untilState('cluster-1', 'followed', 'Secondary');
      expect(markIn(await at.read('cluster-1', 'vr', 'followed'))).toEqual(markIn(object));
      const promoted = await at.setState('cluster-2', 'followed', { replicationState: 'primary' });
      expect(promoted).toMatchObject({ code: 0 });
    });

    test('in the manner of GitOps leaves the same, which the next server-side apply does not take off', async () => {
      await protect('applied');
      await untilFollowed('applied');
      const apply = () =>
        at.apply(
          'cluster-1',
          replication('applied', 'secondary'),
          '--server-side',
          '--force-conflicts',
          '--field-manager=argocd',
          '-o',
          'json',
        );
      const object = objectIn(await apply());
      expect(markIn(object)).toMatchObject({ followed: 'yes', generation: object.metadata.generation });
      expect(markIn(objectIn(await apply()))).toEqual(markIn(object));
    });

    test('that was accepted before anybody has followed says no, and the other site is not promoted', async () => {
      await sandbox.dr('sandbox', 'link', 'down');
      await protect('left');
      refusedBy(await at.setState('cluster-1', 'left', secondary), 'DR113');
      const accepted = {
        metadata: { annotations: consentAnnotations('lose-since-promote') },
        spec: secondary,
      };
      const patch = ['patch', 'vr', 'left', '--type=merge', '-p', JSON.stringify(accepted), '-o', 'json'];
      const ended = await sandbox.kubectl('cluster-1', patch);
      expect(ended).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(/^Warning: DR113 waived: [^\n]*\n$/),
      });
      expect(markIn(objectIn(ended))).toMatchObject({ followed: 'no' });
      await at.untilState('cluster-1', 'left', 'Secondary');
      refusedBy(await at.setState('cluster-2', 'left', { replicationState: 'primary' }), 'DR113');
    });

    test('is noted for good: whoever may only change the object neither betters the note nor takes it off', async () => {
      const carol = ['--as=carol', '--as-group=system:authenticated'];
      const role = ['create', 'clusterrole', 'editor', '--verb=get,list,patch,update'];
      await at.succeed('cluster-1', [
        ...role,
        '--resource=volumereplications.replication.storage.openshift.io',
      ]);
      await at.succeed('cluster-1', [
        'create',
        'clusterrolebinding',
        'carol',
        '--clusterrole=editor',
        '--user=carol',
      ]);
      const before = markIn(await at.read('cluster-1', 'vr', 'left')) as { generation: number };
      const forged = JSON.stringify({ ...before, followed: 'yes', lastSync: new Date().toISOString() });
      for (const text of [`${demotionAnnotation}=${forged}`, `${demotionAnnotation}-`]) {
        await at.succeed('cluster-1', ['annotate', ...carol, '--overwrite', 'vr', 'left', text]);
        expect(markIn(await at.read('cluster-1', 'vr', 'left'))).toEqual(before);
      }
      const along = {
        metadata: {
          annotations: {
            [demotionAnnotation]: JSON.stringify({
              ...before,
              followed: 'yes',
              generation: before.generation + 1,
            }),
          },
        },
        spec: { autoResync: true },
      };
      await sandbox.kubectl('cluster-1', [
        'patch',
        ...carol,
        'vr',
        'left',
        '--type=merge',
        '-p',
        JSON.stringify(along),
      ]);
      expect(markIn(await at.read('cluster-1', 'vr', 'left'))).toMatchObject({ followed: 'no' });
      refusedBy(await at.setState('cluster-2', 'left', { replicationState: 'primary' }), 'DR113');
    });
  },
);
