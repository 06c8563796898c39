import { expect, test } from 'vitest';
import { known, unknown } from '../../../core/model/reading.ts';
import { otherClusters, type SeenCluster } from '../../../core/operation/same-clusters.ts';

const record = {
  from: { name: 'east', clusterUid: 'uid-east' },
  to: { name: 'west', clusterUid: 'uid-west' },
};
const old = { from: { name: 'east' }, to: { name: 'west' } };
const seen = (name: string, uid: string): SeenCluster => ({ name, uid: known(uid) });

test.each<[string, typeof record | typeof old, SeenCluster[], string[]]>([
  ['the same clusters', record, [seen('east', 'uid-east'), seen('west', 'uid-west')], []],
  [
    'a context that was pointed elsewhere',
    record,
    [seen('east', 'uid-other'), seen('west', 'uid-west')],
    ['east'],
  ],
  ['names that were swapped', record, [seen('east', 'uid-west'), seen('west', 'uid-east')], ['east', 'west']],
  ['a site that is dark', record, [{ name: 'east', uid: unknown('timeout') }, seen('west', 'uid-west')], []],
  ['a server that has no uid', record, [seen('east', '')], []],
  ['a record from before uids were kept', old, [seen('east', 'uid-other')], []],
  ['a site that is not of the record', record, [seen('north', 'uid-north')], []],
])('%s', (_, operation, clusters, expected) => {
  expect(otherClusters(operation, clusters).map(({ name }) => name)).toEqual(expected);
});
