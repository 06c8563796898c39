import type { HttpsClient } from './https-client.ts';
import { until } from './until.ts';
import type { Mode, Webhook } from './webhook.ts';

const group = '/apis/replication.storage.openshift.io/v1alpha1';

/** Where the recording keeps its VolumeReplications. */
export const collection = `${group}/namespaces/rec/volumereplications`;

const validating = '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';
const mutating = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** A VolumeReplication as the recording's scripts made them. */
export const volumeReplication = (name: string, claim: string) => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name },
  spec: {
    volumeReplicationClass: 'rbd-volumereplicationclass',
    replicationState: 'primary',
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: claim },
  },
});

/** Sends a merge patch; throws when it is refused. */
export const mergePatch = async (client: HttpsClient, path: string, body: unknown): Promise<void> => {
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await client.send({ method: 'PATCH', path, headers, body });
  if (answer.status !== 200) throw new Error(`PATCH ${path} answered ${JSON.stringify(answer.body)}`);
};

/** Creates a VolumeReplication; throws when it is refused. */
export const create = async (client: HttpsClient, name: string): Promise<void> => {
  const answer = await client.send({
    method: 'POST',
    path: collection,
    body: volumeReplication(name, 'c-w'),
  });
  if (answer.status !== 201) throw new Error(`creating ${name} answered ${JSON.stringify(answer.body)}`);
};

/** Deletes an object; throws when it is refused. */
export const remove = async (client: HttpsClient, path: string): Promise<void> => {
  const answer = await client.send({ method: 'DELETE', path });
  if (answer.status !== 200) throw new Error(`DELETE ${path} answered ${JSON.stringify(answer.body)}`);
};

const change = (name: string) => `${collection}/${name}`;

/** What somebody did while a watch was recorded. */
export const whileWatching: Readonly<Record<string, (client: HttpsClient) => Promise<void>>> = {
  'watch from a list: add, change, status, delete': async (client) => {
    await create(client, 'w1');
    await mergePatch(client, change('w1'), { spec: { replicationState: 'secondary' } });
    await mergePatch(client, `${change('w1')}/status`, { status: { state: 'Secondary' } });
    await remove(client, change('w1'));
  },
  'watch by field selector': async (client) => {
    await create(client, 'w3');
    await create(client, 'w2');
  },
  'watch by label: an object leaves the selection': async (client) => {
    await mergePatch(client, change('w2'), { metadata: { labels: { t: '1' } } });
    await mergePatch(client, change('w2'), { metadata: { labels: { t: '2' } } });
  },
};

/** A create that stores nothing; answers its status code. */
const tryToCreate = async (client: HttpsClient, name: string, claim = 'c-w'): Promise<number> => {
  const path = `${collection}?dryRun=All`;
  return (await client.send({ method: 'POST', path, body: volumeReplication(name, claim) })).status;
};

/** A server takes a moment to act on a changed webhook configuration: tries until the webhook's verdict shows. */
const untilEffective = async (client: HttpsClient, webhook: Webhook, path: string): Promise<void> => {
  webhook.answer('deny');
  await until(`the webhook is asked under ${path}`, 20_000, async () => {
    webhook.takeReviews();
    await tryToCreate(client, 'probe');
    return webhook.takeReviews().some((review) => review.path.startsWith(path));
  });
};

const untilOff = async (client: HttpsClient, webhook: Webhook, path: string): Promise<void> => {
  webhook.answer('allow');
  await until(`the webhook is no longer asked under ${path}`, 20_000, async () => {
    webhook.takeReviews();
    await tryToCreate(client, 'probe');
    return !webhook.takeReviews().some((review) => review.path.startsWith(path));
  });
};

const configure = async (client: HttpsClient, fields: object): Promise<void> => {
  const { body } = await client.send({ method: 'GET', path: `${validating}/rec` });
  const [webhook] = (body as { webhooks: object[] }).webhooks;
  await mergePatch(client, `${validating}/rec`, { webhooks: [{ ...webhook, ...fields }] });
};

const onlySpecChanges = {
  name: 'only-spec',
  expression: "request.operation != 'UPDATE' || object.spec != oldObject.spec",
};

type Scene = { client: HttpsClient; webhook: Webhook };

const ignoring = async ({ client, webhook }: Scene): Promise<void> => {
  await configure(client, { failurePolicy: 'Ignore' });
  webhook.answer('500');
  await until('the failure policy Ignore holds', 20_000, async () => {
    return (await tryToCreate(client, 'probe')) === 201;
  });
};

const withConditions = async ({ client, webhook }: Scene): Promise<void> => {
  await configure(client, { failurePolicy: 'Fail', matchConditions: [onlySpecChanges] });
  webhook.answer('deny');
  await until('the match conditions hold', 20_000, async () => {
    const headers = { 'content-type': 'application/merge-patch+json' };
    const path = `${change('w2')}?dryRun=All`;
    const body = { metadata: { annotations: { probe: '1' } } };
    return (await client.send({ method: 'PATCH', path, headers, body })).status === 200;
  });
};

type WebhookEntry = { clientConfig: { url: string }; reinvocationPolicy?: string };

/** The webhook of the mutating registration, as one that validates. */
const asValidating = ({ reinvocationPolicy: _, clientConfig, ...hook }: WebhookEntry) => ({
  ...hook,
  clientConfig: { ...clientConfig, url: clientConfig.url.replace('/mutating', '/validating') },
});

/** What the recording's script did before an entry, and did not record. */
export const before: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'webhook answers: deny (Fail)': ({ client, webhook }) => untilEffective(client, webhook, '/validating'),
  'webhook answers: slow (Ignore)': ignoring,
  'matchConditions skip an update of metadata': withConditions,
  'register a mutating webhook': async ({ client, webhook }) => {
    await remove(client, `${validating}/rec`);
    await untilOff(client, webhook, '/validating');
  },
  'mutating webhook: patch': ({ client, webhook }) => untilEffective(client, webhook, '/mutating'),
  'webhook down (Fail)': async ({ client, webhook }) => {
    const { body } = await client.send({ method: 'GET', path: `${mutating}/rec` });
    await remove(client, `${mutating}/rec`);
    await untilOff(client, webhook, '/mutating');
    const configuration = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'rec' },
      webhooks: (body as { webhooks: WebhookEntry[] }).webhooks.map(asValidating),
    };
    await client.send({ method: 'POST', path: validating, body: configuration });
    await untilEffective(client, webhook, '/validating');
    await webhook.close();
  },
};

/** What the webhook answers to an entry, by its title; unset titles leave it as it is. */
export const modeOf = (title: string): Mode | undefined => {
  const [, named] = /^(?:webhook answers|mutating webhook): (\S+)/.exec(title) ?? [];
  if (named !== undefined) return named as Mode;
  if (title.startsWith('webhook denies') || title.startsWith('matchConditions')) return 'deny';
  return undefined;
};

/** Makes the three requests whose reviews were recorded: a create (dry run), an update, a delete (dry run). */
export const causeReviews = async ({ client, webhook }: Scene): Promise<void> => {
  webhook.answer('allow');
  webhook.takeReviews();
  await tryToCreate(client, 'shape', 'c-res');
  await mergePatch(client, change('w2'), { spec: { replicationState: 'secondary' } });
  await client.send({ method: 'DELETE', path: `${change('w2')}?dryRun=All` });
};
