import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import type { Resource } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import type { JsonObject } from '../schema/json-value.ts';
import { builtInKind } from './built-in-kind.ts';
import { integer } from './columns.ts';
import { editItems, editObject, fill } from './editing.ts';
import { isSubdomain, notASubdomain } from './name-checks.ts';
import { listAt, read, textAt, textsAt } from './reading.ts';

const configuration = (plural: string, kind: string): Resource => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});

const defaultWebhook =
  (more: JsonObject) =>
  (webhook: JsonObject): JsonObject => {
    const filled = fill(webhook, {
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      ...more,
    });
    const called = editObject(filled, 'clientConfig', (client) =>
      editObject(client, 'service', (service) => fill(service, { port: 443 })),
    );
    return editItems(called, 'rules', (rule) => fill(rule, { scope: '*' }));
  };

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

const checkRule = (rule: unknown, path: string): FieldError[] => [
  ...textsAt(rule, 'operations').flatMap((operation, index) =>
    operations.includes(operation)
      ? []
      : [findings.notSupported(`${path}.operations[${index}]`, operation, operations)],
  ),
  ...['operations', 'apiGroups', 'apiVersions', 'resources'].flatMap((name) =>
    listAt(rule, name).length === 0 ? [findings.required(`${path}.${name}`)] : [],
  ),
];

const oneOf = (webhook: unknown, name: string, supported: readonly string[], path: string): FieldError[] => {
  const value = textAt(webhook, name);
  return supported.includes(value) ? [] : [findings.notSupported(`${path}.${name}`, value, supported)];
};

const checkSideEffects = (webhook: unknown, path: string): FieldError[] =>
  read(webhook, 'sideEffects') === undefined
    ? [findings.required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')]
    : oneOf(webhook, 'sideEffects', ['None', 'NoneOnDryRun'], path);

const checkTimeout = (webhook: unknown, path: string): FieldError[] => {
  const seconds = read(webhook, 'timeoutSeconds');
  return typeof seconds === 'number' && (seconds < 1 || seconds > 30)
    ? [
        findings.invalid(
          `${path}.timeoutSeconds`,
          seconds,
          'the timeout value must be between 1 and 30 seconds',
        ),
      ]
    : [];
};

const checkUrl = (url: string, path: string): FieldError[] => {
  const desired = 'desired format: https://host[/path]';
  if (!URL.canParse(url))
    return [findings.required(path, `url must be a valid URL: parse ${JSON.stringify(url)}; ${desired}`)];
  const { protocol, host } = new URL(url);
  if (protocol !== 'https:')
    return [
      findings.invalid(path, protocol.slice(0, -1), `'https' is the only allowed URL scheme; ${desired}`),
    ];
  return host === '' ? [findings.invalid(path, host, `host must be specified; ${desired}`)] : [];
};

const checkService = (service: unknown, path: string): FieldError[] =>
  ['name', 'namespace'].flatMap((name) =>
    textAt(service, name) === '' ? [findings.required(`${path}.${name}`, `service ${name} is required`)] : [],
  );

const checkClient = (webhook: unknown, path: string): FieldError[] => {
  const url = read(webhook, 'clientConfig', 'url');
  const service = read(webhook, 'clientConfig', 'service');
  if ((url === undefined) === (service === undefined))
    return [findings.required(path, 'exactly one of url or service is required')];
  return typeof url === 'string' ? checkUrl(url, `${path}.url`) : checkService(service, `${path}.service`);
};

const knownReviews = ['v1', 'v1beta1'];

const checkReviewVersions = (webhook: unknown, path: string): FieldError[] => {
  const versions = textsAt(webhook, 'admissionReviewVersions');
  if (versions.length === 0)
    return [findings.required(path, `must specify one of ${knownReviews.join(', ')}`)];
  return versions.some((version) => knownReviews.includes(version))
    ? []
    : [findings.invalid(path, versions, `must include at least one of ${knownReviews.join(', ')}`)];
};

const checkHookName = (name: string, path: string, earlier: readonly string[]): FieldError[] => {
  if (!isSubdomain(name)) return [findings.invalid(path, name, notASubdomain)];
  if (name.split('.').length < 3)
    return [
      findings.invalid(path, name, 'should be a domain with at least three segments separated by dots'),
    ];
  return earlier.includes(name) ? [findings.duplicate(path, name)] : [];
};

const checkConditions = (webhook: unknown, path: string): FieldError[] => {
  const names = listAt(webhook, 'matchConditions').map((condition) => textAt(condition, 'name'));
  return listAt(webhook, 'matchConditions').flatMap((condition, index) => {
    const at = `${path}.matchConditions[${index}]`;
    const name = names[index] ?? '';
    return [
      ...(textAt(condition, 'expression').trim() === '' ? [findings.required(`${at}.expression`)] : []),
      ...(name === '' ? [findings.required(`${at}.name`)] : []),
      ...(name !== '' && names.indexOf(name) < index ? [findings.duplicate(`${at}.name`, name)] : []),
    ];
  });
};

const checkWebhook = (webhook: unknown, path: string, earlier: readonly string[]): FieldError[] => [
  ...checkHookName(textAt(webhook, 'name'), `${path}.name`, earlier),
  ...listAt(webhook, 'rules').flatMap((rule, index) => checkRule(rule, `${path}.rules[${index}]`)),
  ...oneOf(webhook, 'failurePolicy', ['Fail', 'Ignore'], path),
  ...oneOf(webhook, 'matchPolicy', ['Equivalent', 'Exact'], path),
  ...checkSideEffects(webhook, path),
  ...checkTimeout(webhook, path),
  ...checkClient(webhook, `${path}.clientConfig`),
  ...checkConditions(webhook, path),
  ...checkReviewVersions(webhook, `${path}.admissionReviewVersions`),
];

const validate = (object: KubernetesObject): FieldError[] => {
  const webhooks = listAt(object, 'webhooks');
  const names = webhooks.map((webhook) => textAt(webhook, 'name'));
  return webhooks.flatMap((webhook, index) =>
    checkWebhook(webhook, `webhooks[${index}]`, names.slice(0, index)),
  );
};

const webhookConfiguration = (resource: Resource, more: JsonObject): Kind =>
  builtInKind(resource, {
    categories: ['api-extensions'],
    tracksGeneration: true,
    defaults: (object) => editItems(object, 'webhooks', defaultWebhook(more)),
    validate,
    columns: [integer('Webhooks', (object) => listAt(object, 'webhooks').length)],
  });

/** Registrations of admission webhooks. */
export const webhookConfigurationKinds: readonly Kind[] = [
  webhookConfiguration(configuration('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'), {
    reinvocationPolicy: 'Never',
  }),
  webhookConfiguration(
    configuration('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
    {},
  ),
];
