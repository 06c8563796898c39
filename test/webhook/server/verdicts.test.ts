import { describe, expect, test } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import { known } from '../../../core/model/reading.ts';
import { adviceExamples } from '../../../core/rules/advice/examples.ts';
import { guardExamples } from '../../../core/rules/guard/examples.ts';
import type { GuardFacts } from '../../../core/rules/guard-facts.ts';
import { repairExamples } from '../../../core/rules/repair/examples.ts';
import type { RepairFacts } from '../../../core/rules/repair-facts.ts';
import { appUnderTest } from './app-under-test.ts';
import { replication, review } from './reviews.ts';

const guard = '/validate/guard';
const advice = '/validate/advice';
const restore = '/mutate/restore';

const consented: GuardFacts = {
  ...guardExamples.DR102,
  consent: {
    text: JSON.stringify({
      accepts: ['force-promote'],
      seen: { peer: 'primary' },
      maxLoss: '15m',
      by: 'alice',
      reason: 'site lost',
      expires: '2026-03-01T12:10:00Z',
    }),
    isNew: true,
    isUsed: false,
    isRecorded: true,
    generations: [3],
    mayConsent: known(true),
    user: 'alice',
    now: Date.parse('2026-03-01T12:00:00Z'),
  },
} as GuardFacts;

const restored: RepairFacts = {
  subject: 'volume',
  volume: {
    metadata: { name: 'pv-1', annotations: { 'pv.kubernetes.io/bound-by-controller': 'yes' } },
    spec: {
      persistentVolumeReclaimPolicy: 'Delete',
      claimRef: { namespace: 'shop', name: 'db', uid: 'of-another-cluster' },
    },
  },
  claim: known(undefined),
};

describe('what the guard answers', () => {
  test('a change that no rule speaks about is let in without a word', async () => {
    const { send, facts } = appUnderTest();
    const { status, body } = await send(guard, review());
    expect(status).toBe(200);
    expect(body).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: { uid: 'review-1', allowed: true },
    });
    expect(facts.letIn.map(({ uid }) => uid)).toEqual(['review-1']);
  });

  test.each(Object.entries(guardExamples))('%s refuses with 403, its code first', async (code, facts) => {
    const { send, facts: source } = appUnderTest({ guard: async () => facts });
    const { status, body } = await send(guard, review());
    expect(status).toBe(200);
    expect(body.response).toMatchObject({
      uid: 'review-1',
      allowed: false,
      status: {
        status: 'Failure',
        code: 403,
        reason: 'Forbidden',
        message: expect.stringMatching(new RegExp(`^${code}: .{40}`)),
      },
      auditAnnotations: { decision: 'refused', rules: code },
    });
    expect(body.response.status.message).not.toContain('\n');
    expect(source.letIn).toEqual([]);
  });

  test('all that is wrong is told at once, the worst first', async () => {
    const facts = { ...guardExamples.DR102, classes: known([{ kind: 'VolumeReplicationClass', name: 'x' }]) };
    const { send } = appUnderTest({ guard: async () => facts as GuardFacts });
    const { body } = await send(guard, review());
    expect(body.response.status.message).toMatch(/^DR102: .+; DR106: /);
    expect(body.response.auditAnnotations.rules).toBe('DR102,DR106');
  });

  test('what a person consented to is let in, with a warning and on the record', async () => {
    const { send, facts } = appUnderTest({ guard: async () => consented });
    const { body } = await send(guard, review());
    expect(body.response).toMatchObject({
      allowed: true,
      warnings: [expect.stringMatching(/^DR102 waived: .+; accepted by alice \(site lost\)$/)],
      auditAnnotations: { decision: 'waived', rules: 'DR102', 'consent-by': 'alice' },
    });
    expect(body.response).not.toHaveProperty('status');
    expect(facts.letIn).toHaveLength(1);
  });

  test('an object that no rule can read is 422, with what to do', async () => {
    const unreadable = new DrError({
      code: 'ObjectUnreadable',
      message: 'spec is a number',
      hint: 'see the CRD',
    });
    const { send } = appUnderTest({ guard: () => Promise.reject(unreadable) });
    const { body } = await send(guard, review());
    expect(body.response).toMatchObject({
      uid: 'review-1',
      allowed: false,
      status: { code: 422, reason: 'Invalid', message: 'spec is a number; see the CRD' },
    });
  });

  test('a fault of its own is 500, told in the log and not to the caller', async () => {
    const { send, lines, facts } = appUnderTest({
      guard: () => Promise.reject(new TypeError('shop-secret')),
    });
    const { body } = await send(guard, review());
    expect(body.response).toMatchObject({ uid: 'review-1', allowed: false, status: { code: 500 } });
    expect(body.response.status.message).not.toContain('shop-secret');
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ error: 'shop-secret' }) }),
    );
    expect(facts.letIn).toEqual([]);
  });

  test('a dry run is judged the same, and nothing is remembered of it', async () => {
    const refusing = appUnderTest({ guard: async () => guardExamples.DR101 });
    const { body } = await refusing.send(guard, review({ dryRun: true }));
    expect(body.response.status.code).toBe(403);
    const silent = appUnderTest();
    await silent.send(guard, review({ dryRun: true }));
    expect(silent.facts.letIn).toEqual([]);
  });
});

describe('an update that changes neither spec nor consent', () => {
  const consent = { annotations: { 'kubectl-dr.dev/consent': '{}' } };
  test.each([
    ['nothing', replication('primary'), replication('primary'), 0],
    ['finalizers', replication('primary', { finalizers: ['a'] }), replication('primary'), 0],
    ['another annotation', replication('primary', { annotations: { a: 'b' } }), replication('primary'), 0],
    [
      'the order of fields',
      { metadata: {}, spec: { a: 1, b: [2] } },
      { metadata: {}, spec: { b: [2], a: 1 } },
      0,
    ],
    ['the spec', replication('primary'), replication('secondary'), 1],
    ['the consent', replication('primary', consent), replication('primary'), 1],
  ])('%s', async (_what, object, oldObject, asked) => {
    for (const path of [guard, advice]) {
      const { send, facts } = appUnderTest();
      const { body } = await send(path, review({ object, oldObject }));
      expect(body.response).toEqual({ uid: 'review-1', allowed: true });
      expect(facts.asked).toHaveLength(asked);
    }
  });
});

describe('what advice answers', () => {
  test.each(Object.entries(adviceExamples))('%s is a warning', async (code, facts) => {
    const { send } = appUnderTest({ advice: async () => facts });
    const { body } = await send(advice, review());
    expect(body.response).toMatchObject({
      uid: 'review-1',
      allowed: true,
      auditAnnotations: { rules: code },
    });
    expect(body.response.warnings).toEqual([expect.stringMatching(new RegExp(`^${code}: `))]);
  });

  test.each([
    ['an object that cannot be read', new DrError({ code: 'ObjectUnreadable', message: 'no' }), undefined],
    ['a fault of its own', new Error('boom'), [expect.stringContaining('could not look for advice')]],
  ])('%s stops nobody', async (_what, error, warnings) => {
    const { send } = appUnderTest({ advice: () => Promise.reject(error) });
    const { body } = await send(advice, review());
    expect(body.response).toEqual({ uid: 'review-1', allowed: true, ...(warnings && { warnings }) });
  });
});

describe('what repair answers', () => {
  test('a restored volume is mended by a JSON patch, and its owner is told', async () => {
    const { send } = appUnderTest({ repair: async () => restored });
    const { body } = await send(restore, review({ operation: 'CREATE', oldObject: null }));
    const { patch, patchType, warnings, allowed } = body.response;
    expect({ allowed, patchType }).toEqual({ allowed: true, patchType: 'JSONPatch' });
    expect(JSON.parse(Buffer.from(patch, 'base64').toString())).toContainEqual({
      op: 'remove',
      path: '/spec/claimRef',
    });
    expect(warnings.map((text: string) => text.slice(0, 6))).toEqual(['DR201:', 'DR202:']);
  });

  test('a demotion is noted without a warning, and the audit log names the rule', async () => {
    const { send, lines } = appUnderTest({ repair: async () => repairExamples.DR204 });
    const { body } = await send(restore, review());
    expect(body.response).toEqual({
      uid: 'review-1',
      allowed: true,
      patchType: 'JSONPatch',
      patch: expect.any(String),
      auditAnnotations: { rules: 'DR204' },
    });
    expect(lines).toMatchObject([{ fields: { webhook: 'restore', verdict: 'mended', rules: ['DR204'] } }]);
  });

  test('what needs no mending is let in without a patch', async () => {
    const { send } = appUnderTest({
      repair: async () => ({ subject: 'claim', claim: { metadata: { name: 'db' } } }),
    });
    const { body } = await send(restore, review({ operation: 'CREATE', oldObject: null }));
    expect(body.response).toEqual({ uid: 'review-1', allowed: true });
  });

  test('a fault of its own stores the object as it is, and says so', async () => {
    const { send } = appUnderTest({ repair: () => Promise.reject(new Error('boom')) });
    const { body } = await send(restore, review({ operation: 'CREATE', oldObject: null }));
    expect(body.response).toEqual({
      uid: 'review-1',
      allowed: true,
      warnings: [expect.stringContaining('stored as it was sent')],
    });
  });
});

describe('what is told of a review', () => {
  test('the log names who did what to which object, and holds nothing of the object', async () => {
    const { send, lines } = appUnderTest({ guard: async () => guardExamples.DR104 });
    await send(guard, review({ object: replication('primary', { annotations: { note: 'hunter2' } }) }));
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Reviewed',
        fields: {
          webhook: 'guard',
          uid: 'review-1',
          operation: 'UPDATE',
          kind: 'VolumeReplication',
          group: 'replication.storage.openshift.io',
          namespace: 'shop',
          name: 'db',
          user: 'alice',
          dryRun: false,
          verdict: 'refused',
          rules: ['DR104'],
          ms: expect.any(Number),
        },
      },
    ]);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
  });

  test('metrics count verdict and rule, and nothing is in flight afterwards', async () => {
    const { send, metric } = appUnderTest({ guard: async () => guardExamples.DR101 });
    await send(guard, review({ dryRun: true }));
    await send(guard, review());
    await send(advice, review());
    const labels = (dryRun: boolean) =>
      `dr_webhook_requests_total{webhook="guard",operation="UPDATE",verdict="refused",rule="DR101",dry_run="${dryRun}"}`;
    expect(await metric(labels(true))).toBe(1);
    expect(await metric(labels(false))).toBe(1);
    expect(
      await metric(
        'dr_webhook_requests_total{webhook="advice",operation="UPDATE",verdict="allowed",rule="",dry_run="false"}',
      ),
    ).toBe(1);
    expect(await metric('dr_webhook_findings_total{webhook="guard",verdict="refused",rule="DR101"}')).toBe(2);
    expect(
      await metric('dr_webhook_request_duration_seconds_bucket{le="0.001",webhook="guard"'),
    ).toBeDefined();
    expect(
      await metric(
        'dr_webhook_request_duration_seconds_bucket{le="5",webhook="guard",operation="UPDATE",verdict="refused"}',
      ),
    ).toBe(2);
    expect(await metric('dr_webhook_requests_in_flight')).toBe(0);
  });
});
