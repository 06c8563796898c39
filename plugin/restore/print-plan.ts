import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { nameOf, type ObjectName } from '../../core/restore/object-name.ts';
import { type RestorePlan, type Step, stepsOf } from '../../core/restore/plan.ts';
import type { LeftOut } from '../../core/restore/sort-objects.ts';

const documentName = ({ kind, namespace, name }: ObjectName) => ({
  kind,
  namespace: namespace ?? null,
  name,
});

/** Values of a Secret are shown to nobody; its keys are. */
const withoutSecrets = (object: KubernetesObject): KubernetesObject => {
  if (object.kind !== 'Secret') return object;
  const hidden = (field: string) => {
    const values = object[field];
    if (typeof values !== 'object' || values === null) return {};
    return { [field]: Object.fromEntries(Object.keys(values).map((key) => [key, '<hidden>'])) };
  };
  return { ...object, ...hidden('data'), ...hidden('stringData') };
};

const documentStep = (step: Step) => ({
  action: step.action,
  object: documentName(nameOf(step.object)),
  reason: step.why || null,
  manifest: step.action === 'create' ? withoutSecrets(step.object) : null,
  patch: step.action === 'update' ? step.patch : null,
});

/** What `--dry-run=client -o json` prints: everything that would be done, in order, or what stands against it. */
export const planDocument = (
  { conflicts, warnings, ...plan }: RestorePlan,
  around: { readonly target: string; readonly source: string | null; readonly leftOut: readonly LeftOut[] },
) => ({
  apiVersion: 'cli.kubectl-dr.dev/v1alpha1',
  kind: 'RestorePlan',
  target: around.target,
  source: around.source,
  steps: stepsOf({ conflicts, warnings, ...plan }).map(documentStep),
  conflicts: conflicts.map(({ object, fact, next }) => ({
    object: documentName(object),
    message: fact,
    nextCommand: next,
  })),
  warnings,
  leftOut: around.leftOut.map(({ object, why }) => ({ object: documentName(object), reason: why })),
});

const words = { create: 'would be created', update: 'would be updated', keep: 'stays' } as const;

/** A step as `--dry-run` tells it: `would be created: reserved for claim shop/db`. */
export const plannedText = ({ action, why }: Step): string =>
  why === '' ? words[action] : `${words[action]}: ${why}`;
