import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { JsonObject } from '../../../../sandbox/api-server/schema/json-value.ts';
import type { Schema } from '../../../../sandbox/api-server/schema/schema.ts';

type Crd = { spec: { versions: { schema: { openAPIV3Schema: Schema } }[] } };

/** The schema of the first version of one of the CRDs of `manifests/crds`. */
export const crdSchema = (plural: string): Schema => {
  const file = `manifests/crds/replication.storage.openshift.io_${plural}.yaml`;
  const crd = parse(readFileSync(file, 'utf8')) as Crd;
  return crd.spec.versions[0]!.schema.openAPIV3Schema;
};

/** A valid VolumeReplication; `spec` is laid over its spec. */
export const vr = (spec: JsonObject = {}, rest: JsonObject = {}): JsonObject => ({
  apiVersion: 'replication.storage.openshift.io/v1alpha1',
  kind: 'VolumeReplication',
  metadata: { name: 'v1', namespace: 'rec' },
  spec: {
    volumeReplicationClass: 'rbd-volumereplicationclass',
    replicationState: 'primary',
    dataSource: { apiGroup: '', kind: 'PersistentVolumeClaim', name: 'c-res' },
    autoResync: false,
    ...spec,
  },
  ...rest,
});
