import { oneLine } from '../../rules/one-line.ts';
import type { Manager } from '../workload.ts';
import type { Managed } from './managed.ts';

const trackingAnnotation = 'argocd.argoproj.io/tracking-id';
const instanceLabel = 'argocd.argoproj.io/instance';

/** An Application outside of the namespace of Argo CD is written `<namespace>_<name>`. */
const shownApplication = (text: string): string => oneLine(text.replace('_', '/'));

/**
 * `<application>:<group>/<kind>:<namespace>/<name>`. Argo CD itself takes no notice of an id that names another object: it came along
 * with a copy.
 */
const trackedBy = ({ resource, object: { metadata } }: Managed): string | undefined => {
  const id = metadata.annotations?.[trackingAnnotation] ?? '';
  const end = `:${resource.group}/${resource.kind}:${metadata.namespace}/${metadata.name}`;
  return id.endsWith(end) ? id.slice(0, -end.length) : undefined;
};

/**
 * The Application of Argo CD that a workload belongs to. Its automated sync is part of what a person decided on, and an ApplicationSet
 * or another Application may set it back: it is named, and left to them.
 */
export const argoCdOf = (managed: Managed): Manager[] => {
  const application = trackedBy(managed) || managed.object.metadata.labels?.[instanceLabel];
  if (!application) return [];
  return [
    {
      name: `Argo CD Application ${shownApplication(application)}`,
      kind: 'gitops',
      warning: 'starts it again where it heals itself (selfHeal): turn off its automated sync first',
      pause: undefined,
    },
  ];
};
