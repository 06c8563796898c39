import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { HttpsClient } from './https-client.ts';
import { until } from './until.ts';

const directory = new URL('../../../manifests/crds/', import.meta.url);
const collection = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** The CRD manifests of the replication API, parsed: what the recordings were made with. */
export const readCrds = (): { metadata: { name: string } }[] =>
  readdirSync(directory)
    .filter((file) => file.startsWith('replication.') && file.endsWith('.yaml'))
    .map((file) => parse(readFileSync(new URL(file, directory), 'utf8')));

/** Creates these CRDs and waits until the server serves their kinds. */
export const installCrds = async (client: HttpsClient): Promise<void> => {
  for (const crd of readCrds()) {
    const { status, body } = await client.send({ method: 'POST', path: collection, body: crd });
    if (status !== 201) throw new Error(`creating ${crd.metadata.name} answered ${JSON.stringify(body)}`);
  }
  const group = '/apis/replication.storage.openshift.io/v1alpha1';
  for (const plural of readCrds().map(({ metadata }) => metadata.name.split('.')[0] ?? ''))
    await until(`${plural} are served`, 10_000, async () => {
      const answer = await client.send({ method: 'GET', path: `${group}/${plural}` });
      return answer.status === 200;
    });
  // Discovery follows a little later than the kinds themselves.
  await until('all kinds are in discovery', 10_000, async () => {
    const { body } = await client.send({ method: 'GET', path: group });
    return (body as { resources?: unknown[] }).resources?.length === 2 * readCrds().length;
  });
};
