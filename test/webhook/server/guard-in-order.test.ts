import { expect, test } from 'vitest';
import { known } from '../../../core/model/reading.ts';
import { exampleMember, examplePromotion } from '../../../core/rules/guard/examples.ts';
import type { ReplicationFacts, ReplicationHere } from '../../../core/rules/replication-facts.ts';
import type { AdmissionRequest } from '../../../webhook/admission-request.ts';
import { readReview } from '../../../webhook/read-review.ts';
import { createGuardJudge } from '../../../webhook/server/guard-in-order.ts';
import { review } from './reviews.ts';
import { scriptedFacts } from './scripted-facts.ts';

const requestOf = (name: string, draft: object = {}): AdmissionRequest => {
  const reading = readReview(Buffer.from(JSON.stringify(review({ uid: name, name, ...draft }))));
  if (reading.state !== 'review') throw new Error(reading.why);
  return reading.request;
};

/** What is let in is shown to whoever looks afterwards; each look first waits for the other site, all for the same answer. */
const sharedVolume = (handleOf: (name: string) => string) => {
  const primaries: (ReplicationHere & { handle: string })[] = [];
  const peer = Promise.withResolvers<void>();
  let looks = 0;
  const source = scriptedFacts({
    guard: async ({ name }): Promise<ReplicationFacts> => {
      await peer.promise;
      looks += 1;
      const handle = handleOf(name);
      const volume = { metadata: { name: 'pv' }, spec: { csi: { driver: 'rbd', volumeHandle: handle } } };
      const sameVolume = primaries.filter((other) => other.handle === handle && other.name !== name);
      const member = {
        ...exampleMember,
        claimName: name,
        volume: known({
          ...volume,
          spec: { ...volume.spec, persistentVolumeReclaimPolicy: 'Retain' as const },
        }),
        sameVolume: known(sameVolume),
      };
      const classes = known([{ kind: 'VolumeReplicationClass' as const, name: 'rbd', provisioner: 'rbd' }]);
      return {
        ...examplePromotion,
        change: { ...examplePromotion.change, name },
        members: known([member]),
        classes,
      };
    },
  });
  const judge = createGuardJudge({
    ...source,
    admitted: ({ name }) =>
      void primaries.push({
        kind: 'VolumeReplication',
        namespace: 'shop',
        name,
        claimName: name,
        wants: 'primary',
        state: '',
        handle: handleOf(name),
      }),
  });
  return { judge, answer: peer.resolve, looks: () => looks };
};

const signal = new AbortController().signal;

test('of many that become primary for one volume at the same moment, one is let in', async () => {
  const { judge, answer } = sharedVolume(() => 'the-same');
  const judged = Promise.all(
    Array.from({ length: 20 }, (_, index) => judge(requestOf(`vr-${index}`), signal)),
  );
  answer();
  const decisions = (await judged).map(({ decision, rules }) => `${decision} ${rules}`);
  expect(decisions.filter((text) => text === 'allowed ')).toHaveLength(1);
  expect(decisions.filter((text) => text === 'refused DR101')).toHaveLength(19);
});

test('those that have nothing in common are not looked at twice', async () => {
  const { judge, answer, looks } = sharedVolume((name) => name);
  const judged = Promise.all(
    Array.from({ length: 20 }, (_, index) => judge(requestOf(`vr-${index}`), signal)),
  );
  answer();
  expect((await judged).every(({ answer: { allowed } }) => allowed)).toBe(true);
  expect(looks()).toBe(20);
});

test('a dry run overtakes nobody', async () => {
  const { judge, answer } = sharedVolume(() => 'the-same');
  answer();
  expect((await judge(requestOf('a', { dryRun: true }), signal)).answer.allowed).toBe(true);
  expect((await judge(requestOf('b'), signal)).answer.allowed).toBe(true);
});
