import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { AdmissionRequest } from '../../../sandbox/api-server/admission/admission-review.ts';
import {
  compileConditions,
  createConditionEnvironment,
} from '../../../sandbox/api-server/admission/match-conditions.ts';
import type { Webhook } from '../../../sandbox/api-server/admission/webhook.ts';
import {
  buildRegistration,
  type RegistrationOptions,
  webhookNames,
} from '../../../webhook/registration/registration.ts';
import type { RegisteredWebhook } from '../../../webhook/registration/webhook-configuration.ts';
import { documentedCommands, patchIn } from './documented-commands.ts';

const options: RegistrationOptions = {
  target: { service: { namespace: 'kubectl-dr', name: 'dr-webhook' } },
  guardPolicy: 'Fail',
  namespace: 'kubectl-dr',
  ownAccounts: [],
};
const webhooksOf = (change: Partial<RegistrationOptions> = {}): RegisteredWebhook[] =>
  Object.values(buildRegistration({ ...options, ...change })).flatMap(({ webhooks = [] }) => webhooks);
const named = (name: string): RegisteredWebhook => webhooksOf().find((webhook) => webhook.name === name)!;

describe('the registrations', () => {
  test('only the guard fails closed, and only where asked to', () => {
    const policies = (guardPolicy: 'Fail' | 'Ignore') =>
      webhooksOf({ guardPolicy }).map(({ name, failurePolicy }) => `${name} ${failurePolicy}`);
    expect(policies('Fail')).toEqual([
      'guard.kubectl-dr.dev Fail',
      'guard-unmarked.kubectl-dr.dev Ignore',
      'advice.kubectl-dr.dev Ignore',
      'restore.kubectl-dr.dev Ignore',
      'demotion.kubectl-dr.dev Ignore',
      'consent.kubectl-dr.dev Ignore',
    ]);
    expect(policies('Ignore')).toEqual(policies('Fail').map((line) => line.replace('Fail', 'Ignore')));
  });

  test.each(webhooksOf())(
    '$name is short, has no side effects, sees all versions and spares what the cluster needs',
    (webhook) => {
      expect(webhook).toMatchObject({
        sideEffects: 'None',
        matchPolicy: 'Equivalent',
        admissionReviewVersions: ['v1'],
        timeoutSeconds: webhook.name.startsWith('guard') ? 3 : 2,
      });
      expect(webhook).not.toHaveProperty('namespaceSelector');
      expect(webhook.clientConfig).not.toHaveProperty('caBundle');
      expect(webhook).not.toHaveProperty('objectSelector');
      const names = webhook.matchConditions!.map(({ name }) => name);
      expect(names.slice(0, 2)).toEqual(['not-nodes', 'not-in-spared-namespaces']);
      expect(new Set(names).size).toBe(names.length);
      for (const { resources } of webhook.rules!)
        for (const resource of resources) expect(resource).not.toMatch(/[/*]/);
    },
  );

  test('only what mends may be asked again', () => {
    expect(webhooksOf().map(({ reinvocationPolicy }) => reinvocationPolicy)).toEqual([
      undefined,
      undefined,
      undefined,
      'IfNeeded',
      'IfNeeded',
      'IfNeeded',
    ]);
  });

  test.each([
    [
      'a Service',
      options.target,
      { service: { namespace: 'kubectl-dr', name: 'dr-webhook', path: '/validate/guard', port: 443 } },
    ],
    [
      'a Service on another port',
      { service: { namespace: 'n', name: 's', port: 8443 } },
      { service: { namespace: 'n', name: 's', path: '/validate/guard', port: 8443 } },
    ],
    ['a URL', { url: 'https://127.0.0.1:9443' }, { url: 'https://127.0.0.1:9443/validate/guard' }],
    [
      'a URL that ends with a slash',
      { url: 'https://[::1]:9443/' },
      { url: 'https://[::1]:9443/validate/guard' },
    ],
  ])('reviews go to %s', (_, target, clientConfig) => {
    expect(webhooksOf({ target })[0]!.clientConfig).toEqual(clientConfig);
  });

  test('manifests/webhook/registration.yaml is what is built without flags', () => {
    const file = new URL('../../../manifests/webhook/registration.yaml', import.meta.url);
    const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
    expect(documents).toEqual(Object.values(buildRegistration(options)));
  });
});

test('the documented commands turn the guard of the built object to Ignore and back, and touch nothing else', () => {
  type Patch = { webhooks: Partial<RegisteredWebhook>[] };
  const { breakGlass, undo } = documentedCommands();
  const { guard } = buildRegistration(options);
  expect(
    [breakGlass, undo].every((line) =>
      line.startsWith('kubectl patch validatingwebhookconfiguration kubectl-dr-guard -p '),
    ),
  ).toBe(true);
  // A strategic merge patch: entries of `webhooks` are merged by name.
  const applied = (webhooks: RegisteredWebhook[], command: string): RegisteredWebhook[] => {
    const patch = patchIn(command) as Patch;
    expect(Object.keys(patch)).toEqual(['webhooks']);
    for (const { name } of patch.webhooks) expect(webhooks.map((webhook) => webhook.name)).toContain(name);
    return webhooks.map((webhook) => ({
      ...webhook,
      ...patch.webhooks.find(({ name }) => name === webhook.name),
    }));
  };
  const open = applied(guard.webhooks!, breakGlass);
  expect(open).toEqual(buildRegistration({ ...options, guardPolicy: 'Ignore' }).guard.webhooks);
  expect(applied(open, undo)).toEqual(guard.webhooks);
});

describe('the matchConditions, decided by the CEL of the embedded server', () => {
  const environment = createConditionEnvironment();
  const decide = (webhook: RegisteredWebhook, request: Partial<AdmissionRequest>) =>
    compileConditions(webhook as unknown as Webhook, () => environment)(request as AdmissionRequest);

  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  const annotation = fc.constantFrom(
    'kubectl-dr.dev/consent',
    'replication.storage.openshift.io/volume-replication-name',
    'replication.storage.openshift.io/volume-group-replication-name',
    'pv.kubernetes.io/bind-completed',
    'other',
  );
  const anyObject = fc
    .record({
      metadata: fc.record({
        name: fc.constant('x'),
        annotations: maybe(fc.dictionary(annotation, fc.string())),
        finalizers: maybe(fc.subarray(['replication.storage.openshift.io/pvc-protection', 'other'])),
        deletionTimestamp: maybe(fc.constant('2026-01-01T00:00:00Z')),
      }),
      spec: maybe(
        fc.record({
          replicationState: maybe(fc.constantFrom('primary', 'secondary')),
          persistentVolumeReclaimPolicy: maybe(fc.constantFrom('Retain', 'Delete')),
          claimRef: maybe(fc.record({ uid: maybe(fc.constant('u')) })),
        }),
      ),
      status: maybe(fc.record({ phase: maybe(fc.constantFrom('Bound', 'Released')) })),
    })
    .map(withoutUndefined);
  const userInfo = fc
    .record({ username: fc.constantFrom('alice', ''), groups: maybe(fc.constant(['dev'])) })
    .map(withoutUndefined);
  const resource = fc
    .constantFrom(
      'volumereplications',
      'persistentvolumes',
      'persistentvolumeclaims',
      'namespaces',
      'customresourcedefinitions',
    )
    .map((name) => ({ group: '', version: 'v1', resource: name }));
  const anyRequest = fc
    .record({
      operation: fc.constantFrom('CREATE', 'UPDATE', 'DELETE'),
      userInfo,
      resource,
      object: anyObject,
      oldObject: anyObject,
    })
    .map((request) => ({
      ...request,
      object: request.operation === 'DELETE' ? null : request.object,
      oldObject: request.operation === 'CREATE' ? null : request.oldObject,
    })) as fc.Arbitrary<Partial<AdmissionRequest>>;

  test('none ever fails to be decided, whatever fields an object lacks', () => {
    fc.assert(
      fc.property(anyRequest, fc.constantFrom(...Object.values(webhookNames)), (request, name) => {
        const { rules = [] } = named(name);
        const { resource: kind, operation } = request;
        const isAsked = rules.some(
          ({ operations, resources }) =>
            operations.some((one) => one === operation) && resources.includes(kind!.resource),
        );
        fc.pre(isAsked);
        expect(decide(named(name), request)).toEqual({ matches: expect.any(Boolean) });
      }),
      { numRuns: 500 },
    );
  });

  test('a delete of storage goes to exactly one of the two guards, unless it was deleted before', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const { plural, isDelete } = {
          plural: request.resource!.resource,
          isDelete: request.operation === 'DELETE',
        };
        fc.pre(isDelete && plural.startsWith('persistentvolume'));
        const asked = [webhookNames.guard, webhookNames.guardUnmarked].filter((name) => {
          const verdict = decide(named(name), request);
          return 'matches' in verdict && verdict.matches;
        });
        const isGone = request.oldObject!.metadata.deletionTimestamp !== undefined;
        expect(asked).toHaveLength(isGone ? 0 : 1);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['primary', 'secondary', true],
    ['primary', 'resync', true],
    ['primary', undefined, true],
    ['primary', 'primary', false],
    ['secondary', 'primary', false],
    ['secondary', 'resync', false],
    ['secondary', 'secondary', false],
    [undefined, 'secondary', false],
    [undefined, undefined, false],
  ])('a replication that goes from %s to %s is noted: %s', (before, after, matches) => {
    const asking = (replicationState: string | undefined) => ({
      metadata: { name: 'x' },
      ...(replicationState && { spec: { replicationState } }),
    });
    const request = {
      operation: 'UPDATE',
      userInfo: { username: 'alice', groups: ['dev'] },
      resource: { group: '', version: 'v1', resource: 'volumereplications' },
      oldObject: asking(before),
      object: asking(after),
    } as unknown as Partial<AdmissionRequest>;
    expect(decide(named(webhookNames.demotion), request)).toEqual({ matches });
  });

  test('no account is spared that nobody vouched for', () => {
    for (const { matchConditions = [] } of webhooksOf())
      for (const { expression } of matchConditions)
        expect(expression).not.toContain('serviceaccount:kubectl-dr');
    const [given] = webhooksOf({ ownAccounts: ['me', 'me'] });
    expect(given?.matchConditions?.[0]).toEqual({
      name: 'not-our-own-accounts',
      expression: "!(request.userInfo.username in ['me'])",
    });
  });

  test.each([
    ['a claim', 'persistentvolumeclaims', '', 'kube-system', false],
    ['a claim', 'persistentvolumeclaims', '', 'kubectl-dr', false],
    ['a claim', 'persistentvolumeclaims', '', 'shop', true],
    ['a replication', 'volumereplications', 'replication.storage.openshift.io', 'kube-system', true],
    ['a replication', 'volumereplications', 'replication.storage.openshift.io', 'kubectl-dr', true],
    ['a group', 'volumegroupreplications', 'replication.storage.openshift.io', 'kube-system', true],
    ['a definition', 'customresourcedefinitions', 'apiextensions.k8s.io', undefined, true],
  ])('%s (%s) in %s%s: judged %s', (_what, resource, group, namespace, matches) => {
    const { matchConditions } = named(webhookNames.guard);
    const spared = matchConditions!.filter(({ name }) => name === 'not-in-spared-namespaces');
    const request = {
      operation: 'DELETE',
      userInfo: { username: 'alice', groups: [] },
      resource: { group, version: 'v1', resource },
      ...(namespace === undefined ? {} : { namespace }),
      oldObject: { metadata: { name: 'x' } },
    } as unknown as Partial<AdmissionRequest>;
    expect(decide({ ...named(webhookNames.guard), matchConditions: spared }, request)).toEqual({ matches });
  });

  test.each([
    ['kubectl-dr', false],
    ['kube-system', false],
    ['shop', true],
  ])('the end of namespace %s is judged: %s', (name, matches) => {
    const request = {
      operation: 'DELETE',
      userInfo: { username: 'alice', groups: [] },
      resource: { group: '', version: 'v1', resource: 'namespaces' },
      oldObject: { metadata: { name } },
    } as unknown as Partial<AdmissionRequest>;
    expect(decide(named(webhookNames.guard), request)).toEqual({ matches });
  });

  test('a user name with a quote in it stays one name', () => {
    const [guard] = webhooksOf({ ownAccounts: ["it's\\me"] });
    const request = {
      operation: 'DELETE',
      resource: { group: '', version: 'v1', resource: 'namespaces' },
      oldObject: { metadata: {} },
    } as Partial<AdmissionRequest>;
    const by = (username: string) => decide(guard!, { ...request, userInfo: { username, groups: [] } });
    expect(by("it's\\me")).toEqual({ matches: false });
    expect(by('it')).toEqual({ matches: true });
  });
});
