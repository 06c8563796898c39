import { describe, expect, it } from 'vitest';
import { DrError } from '../../../core/model/error.ts';
import { known, unknown } from '../../../core/model/reading.ts';
import type { Site } from '../../../plugin/door/clusters.ts';
import { gatherRecords } from '../../../plugin/history/gather-records.ts';
import { parseOperationName } from '../../../plugin/history/parse-operation-name.ts';
import { record } from '../../core/operation/records.ts';
import { type MemoryObjects, memoryCluster } from '../status/memory-cluster.ts';

const siteOf = (objects: MemoryObjects): Site => ({
  name: 'east',
  context: 'east',
  kubectl: 'kubectl --context east',
  cluster: memoryCluster('east', objects),
});

const scope = { namespace: 'shop', name: undefined, signal: new AbortController().signal };

describe('reading the records of a site', () => {
  it('reads those of the namespace', async () => {
    const mine = record();
    const { records } = await gatherRecords(
      siteOf({ operations: [mine, record({ namespace: 'web' })] }),
      scope,
    );
    expect(records).toEqual(known([mine]));
  });

  it('says that the CRD is not installed, and the command that installs it', async () => {
    const { records, error } = await gatherRecords(siteOf({}), scope);
    expect(records).toEqual(unknown('the Operation CRD is not installed in this cluster'));
    expect(error).toMatchObject({
      code: 'CrdsNotInstalled',
      message: 'east: the Operation CRD is not installed in this cluster',
      hint: expect.stringMatching(
        /^install it with "kubectl --context east apply -f \/.*manifests\/crds\/kubectl-dr\.dev_operations\.yaml"$/,
      ),
    });
  });

  it('tells why a site does not answer, once with its name and once without', async () => {
    const refused = new DrError({ code: 'Forbidden', message: 'operations is forbidden' });
    const { records, error } = await gatherRecords(siteOf({ operations: refused }), scope);
    expect(records).toEqual(unknown('operations is forbidden'));
    expect(error).toMatchObject({ code: 'Forbidden', message: 'east: operations is forbidden' });
  });
});

describe('the name of an operation', () => {
  it.each(['op-1', 'operation/op-1', 'drop/op-1', 'operations.kubectl-dr.dev/op-1'])(
    'is understood as %s',
    (word) => {
      expect(parseOperationName(word)).toBe('op-1');
    },
  );

  it.each(['', 'pvc/op-1', 'operation/', 'operation/a/b'])('is refused as "%s"', (word) => {
    expect(() => parseOperationName(word)).toThrow('is no name of an operation');
  });
});
