import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import type { VolumeGroupReplication } from '../../core/model/volume-group-replication.ts';
import type { VolumeReplication, VolumeReplicationClass } from '../../core/model/volume-replication.ts';
import type { OperationRecord } from '../../core/operation/operation-record.ts';
import { createFieldReader, type FieldReader, type JsonObject, objectUnreadable } from './read-fields.ts';

/** How an object is called before anybody knows that it can be read. */
const describe = (kind: string, value: unknown): string => {
  const metadata = (value as { metadata?: { namespace?: unknown; name?: unknown } } | undefined)?.metadata;
  const names = [metadata?.namespace, metadata?.name].filter((name) => typeof name === 'string');
  return names.length === 0 ? `this ${kind}` : `${kind} ${names.join('/')}`;
};

/** Everything in the metadata that a rule may look at. */
const checkMetadata = (fields: FieldReader, value: unknown): void => {
  const metadata = fields.object(value, 'metadata');
  for (const name of ['name', 'generateName', 'namespace', 'uid', 'deletionTimestamp'] as const) {
    fields.optional(metadata[name], (it) => fields.text(it, `metadata.${name}`));
  }
  for (const name of ['annotations', 'labels'] as const) {
    fields.optional(metadata[name], (it) => fields.textMap(it, `metadata.${name}`));
  }
  fields.optional(metadata['finalizers'], (it) => fields.texts(it, 'metadata.finalizers'));
};

type Check = (fields: FieldReader, object: JsonObject) => void;

/** The object itself, once it has been checked: nothing is converted, so that paths into it stay right. */
const readAs =
  <T extends KubernetesObject>(kind: string, check: Check) =>
  (value: unknown): T => {
    const fields = createFieldReader(describe(kind, value));
    const object = fields.object(value, 'it');
    checkMetadata(fields, object['metadata']);
    check(fields, object);
    return object as T;
  };

const states = ['primary', 'secondary', 'resync'] as const;

const checkWish = (fields: FieldReader, spec: JsonObject): void => {
  fields.oneOf(spec['replicationState'], 'spec.replicationState', states);
  fields.optional(spec['autoResync'], (value) => {
    fields.oneOf(String(value), 'spec.autoResync', ['true', 'false']);
  });
};

const checkStatus = (fields: FieldReader, value: unknown): JsonObject | undefined =>
  fields.optional(value, (it) => {
    const status = fields.object(it, 'status');
    fields.optional(status['state'], (state) => fields.text(state, 'status.state'));
    fields.optional(status['lastSyncTime'], (time) => fields.text(time, 'status.lastSyncTime'));
    return status;
  });

/** A VolumeReplication as the rules know it. Throws `ObjectUnreadable`. */
export const readReplication = readAs<VolumeReplication>('VolumeReplication', (fields, object) => {
  const spec = fields.object(object['spec'], 'spec');
  checkWish(fields, spec);
  fields.text(spec['volumeReplicationClass'], 'spec.volumeReplicationClass');
  const source = fields.object(spec['dataSource'], 'spec.dataSource');
  fields.text(source['kind'], 'spec.dataSource.kind');
  fields.text(source['name'], 'spec.dataSource.name');
  checkStatus(fields, object['status']);
});

const checkSelector = (fields: FieldReader, value: unknown): void => {
  const path = 'spec.source.selector';
  const selector = fields.object(value, path);
  fields.optional(selector['matchLabels'], (it) => fields.textMap(it, `${path}.matchLabels`));
  const requirements = fields.optional(selector['matchExpressions'], (it) =>
    fields.list(it, `${path}.matchExpressions`),
  );
  for (const entry of requirements ?? []) {
    const requirement = fields.object(entry, `an entry of ${path}.matchExpressions`);
    fields.text(requirement['key'], `${path}.matchExpressions.key`);
    fields.text(requirement['operator'], `${path}.matchExpressions.operator`);
    fields.optional(requirement['values'], (it) => fields.texts(it, `${path}.matchExpressions.values`));
  }
};

/** A VolumeGroupReplication as the rules know it. Throws `ObjectUnreadable`. */
export const readGroup = readAs<VolumeGroupReplication>('VolumeGroupReplication', (fields, object) => {
  const spec = fields.object(object['spec'], 'spec');
  checkWish(fields, spec);
  fields.text(spec['volumeGroupReplicationClassName'], 'spec.volumeGroupReplicationClassName');
  fields.optional(spec['volumeReplicationClassName'], (it) =>
    fields.text(it, 'spec.volumeReplicationClassName'),
  );
  checkSelector(fields, fields.object(spec['source'], 'spec.source')['selector']);
  const status = checkStatus(fields, object['status']);
  const path = 'status.persistentVolumeClaimsRefList';
  const listed = fields.optional(status?.['persistentVolumeClaimsRefList'], (it) => fields.list(it, path));
  for (const entry of listed ?? []) {
    const name = fields.object(entry, `an entry of ${path}`)['name'];
    fields.optional(name, (it) => fields.text(it, `${path}.name`));
  }
});

/** A class of either kind. Throws `ObjectUnreadable`. */
export const readClass = (kind: string, value: unknown): VolumeReplicationClass =>
  readAs<VolumeReplicationClass>(kind, (fields, object) => {
    const spec = fields.object(object['spec'], 'spec');
    fields.text(spec['provisioner'], 'spec.provisioner');
    fields.optional(spec['parameters'], (it) => fields.textMap(it, 'spec.parameters'));
  })(value);

const claimReferenceFields = ['apiVersion', 'kind', 'namespace', 'name', 'uid', 'resourceVersion'] as const;

/** A PersistentVolume; its spec may be missing. Throws `ObjectUnreadable`. */
export const readVolume = readAs<PersistentVolume>('PersistentVolume', (fields, object) => {
  const spec = fields.optional(object['spec'], (it) => fields.object(it, 'spec'));
  fields.optional(spec?.['persistentVolumeReclaimPolicy'], (it) =>
    fields.text(it, 'spec.persistentVolumeReclaimPolicy'),
  );
  fields.optional(spec?.['csi'], (it) => {
    const csi = fields.object(it, 'spec.csi');
    fields.text(csi['driver'], 'spec.csi.driver');
    fields.text(csi['volumeHandle'], 'spec.csi.volumeHandle');
  });
  fields.optional(spec?.['claimRef'], (it) => {
    const claimRef = fields.object(it, 'spec.claimRef');
    for (const name of claimReferenceFields) {
      fields.optional(claimRef[name], (text) => fields.text(text, `spec.claimRef.${name}`));
    }
  });
});

/** A PersistentVolumeClaim: only its metadata is looked at. Throws `ObjectUnreadable`. */
export const readClaim = readAs<PersistentVolumeClaim>('PersistentVolumeClaim', () => undefined);

/** A Namespace: only its metadata is looked at. Throws `ObjectUnreadable`. */
export const readNamespace = readAs<KubernetesObject>('Namespace', () => undefined);

/** A CustomResourceDefinition: only its metadata is looked at. Throws `ObjectUnreadable`. */
export const readDefinition = readAs<KubernetesObject>('CustomResourceDefinition', () => undefined);

/** The record of a procedure, as far as it tells whether somebody is at work. Throws `ObjectUnreadable`. */
export const readOperation = readAs<OperationRecord>('Operation', (fields, object) => {
  const spec = fields.object(object['spec'], 'spec');
  fields.text(spec['verb'], 'spec.verb');
  fields.text(spec['by'], 'spec.by');
  fields.text(fields.object(spec['to'], 'spec.to')['name'], 'spec.to.name');
  fields.optional(object['status'], (it) => {
    const status = fields.object(it, 'status');
    for (const name of ['phase', 'startedAt'] as const)
      fields.optional(status[name], (value) => fields.text(value, `status.${name}`));
    fields.optional(status['lease'], (value) => {
      const lease = fields.object(value, 'status.lease');
      fields.optional(lease['renewTime'], (time) => fields.text(time, 'status.lease.renewTime'));
    });
  });
});

/** The object that a DELETE is about. Throws `ObjectUnreadable` where the API server did not send it. */
export const deletedObject = (kind: string, oldObject: KubernetesObject | undefined): KubernetesObject => {
  if (oldObject === undefined)
    throw objectUnreadable(`the ${kind} to be deleted`, 'the review has no oldObject');
  return oldObject;
};
