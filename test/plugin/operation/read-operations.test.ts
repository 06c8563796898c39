import { describe, expect, it } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import { ApiError } from '../../../kube/api-error.ts';
import type { Site } from '../../../plugin/door/clusters.ts';
import { type Patience, readOperations, whyUntold } from '../../../plugin/operation/read-operations.ts';
import { record } from '../../core/operation/records.ts';
import { type MemoryCluster, memoryCluster } from '../status/memory-cluster.ts';

const noAnswer = new DrError({ code: 'RequestTimeout', message: 'west: no answer within 10s' });
const forbidden = new ApiError({ httpStatus: 403, reason: 'Forbidden', message: 'operations is forbidden' });

/** A site that tells its one record, after so many attempts that failed. */
const siteCalled = (name: string, failures: readonly Error[] = []): Site & { cluster: MemoryCluster } => {
  const left = [...failures];
  const cluster = memoryCluster(name, { operations: [record({ name: `of-${name}` })] });
  const listAll: typeof cluster.listAll = (resource, options) => {
    const failure = left.shift();
    if (failure === undefined) return cluster.listAll(resource, options);
    cluster.requests.push('fails');
    return Promise.reject(failure);
  };
  return { name, context: name, kubectl: 'kubectl', cluster: { ...cluster, listAll } };
};

const read = async (
  west: ReturnType<typeof siteCalled>,
  answers: Patience['answers'] = () => true,
  now: Patience['now'] = () => 0,
) => {
  const told: string[] = [];
  const patience: Patience = { answers, onAgain: (message) => told.push(message), now };
  const { signal } = new AbortController();
  const { operations, untold } = await readOperations([siteCalled('east'), west], ['shop'], signal, patience);
  return { names: operations.map(({ name }) => name), untold: whyUntold(untold), told };
};

describe('reading the records of both sites', () => {
  it('asks a site again that is busy, and tells so once', async () => {
    const west = siteCalled('west', [noAnswer, noAnswer]);
    expect(await read(west)).toEqual({
      names: ['of-east', 'of-west'],
      untold: '',
      told: ['records cannot be read at the moment, and it is tried again: west: no answer within 10s'],
    });
  });

  it('does not wait for a site that answers nothing', async () => {
    const west = siteCalled('west', [noAnswer]);
    const dark: Patience['answers'] = async ({ name }) => name === 'east';
    expect(await read(west, dark)).toEqual({
      names: ['of-east'],
      untold: 'west: no answer within 10s',
      told: [],
    });
    expect(west.cluster.requests).toEqual(['fails']);
  });

  it('gives up after two minutes, and says which site has told none', async () => {
    const west = siteCalled('west', [noAnswer, noAnswer, noAnswer]);
    let time = 0;
    const aMinuteLater = () => {
      time += 60_000;
      return time;
    };
    expect(await read(west, undefined, aMinuteLater)).toMatchObject({ untold: 'west: no answer within 10s' });
  });

  it('does not ask again where it may not, and does without', async () => {
    const west = siteCalled('west', [forbidden, forbidden, forbidden]);
    expect(await read(west)).toEqual({
      names: ['of-east'],
      untold: 'west: operations is forbidden',
      told: [],
    });
    expect(west.cluster.requests).toEqual(['fails', 'fails']);
  });

  it('takes a site that does not know the kind for one that has no records', async () => {
    const cluster = memoryCluster('west', {});
    const west = { name: 'west', context: 'west', kubectl: 'kubectl', cluster };
    const notServed = new ApiError({ httpStatus: 404, reason: 'ResourceNotServed', message: 'not served' });
    cluster.listAll = () => Promise.reject(notServed);
    expect(await read(west)).toEqual({ names: ['of-east'], untold: '', told: [] });
  });
});
