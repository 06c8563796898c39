import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { trackUpdate } from '../apply/managed-fields.ts';
import type { Kind } from '../kind.ts';
import type { Machinery, WriteOptions } from './machinery.ts';
import { timeText } from './metadata.ts';
import { apiVersionOfKind } from './target.ts';

/** A write that is no apply. */
export type OwnedChange = {
  kind: Kind;
  /** Undefined on create. */
  before: KubernetesObject | undefined;
  after: KubernetesObject;
  subresource: string | undefined;
};

/** The object with its writer noted in `metadata.managedFields` as the owner of what they changed. */
export const withWriterAsOwner = (
  { now }: Pick<Machinery, 'now'>,
  { kind, before, after, subresource }: OwnedChange,
  { manager }: WriteOptions,
): KubernetesObject =>
  trackUpdate({
    before,
    after,
    manager,
    apiVersion: apiVersionOfKind(kind),
    schema: kind.schema,
    time: timeText(now()),
    subresource: subresource ?? '',
    hasStatus: kind.status,
  });
