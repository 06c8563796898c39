import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import type { PersistentVolumeClaim } from '../../core/model/persistent-volume.ts';
import { resources } from '../../core/model/resource.ts';
import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import type { Site } from '../door/clusters.ts';

type Event = KubernetesObject & {
  involvedObject?: { namespace?: string; name?: string };
  reason?: string;
  message?: string;
  lastTimestamp?: string | null;
  eventTime?: string | null;
};

const timeOf = ({ lastTimestamp, eventTime, metadata }: Event): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

/** What the cluster last said of each claim, by `namespace/name`. Claims without an Event, or whose Events cannot be read, are left out. */
export const lastEventsOf = async (
  claims: readonly PersistentVolumeClaim[],
  { cluster }: Site,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> => {
  const keys = new Set(claims.map((claim) => claimKeyText(keyOfClaim(claim))));
  const namespaces = [...new Set(claims.map(({ metadata }) => metadata.namespace ?? ''))];
  const lists = await Promise.allSettled(
    namespaces.map((namespace) =>
      cluster.listAll<Event>(resources.events, {
        namespace,
        fieldSelector: 'involvedObject.kind=PersistentVolumeClaim',
        signal,
      }),
    ),
  );
  const events = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value.items : []));
  return new Map(
    events
      .toSorted((a, b) => timeOf(a).localeCompare(timeOf(b)))
      .map(
        ({ involvedObject: { namespace = '', name = '' } = {}, reason, message }) =>
          [claimKeyText({ namespace, name }), oneLine(`${reason}: ${message}`)] as const,
      )
      .filter(([key]) => keys.has(key)),
  );
};
