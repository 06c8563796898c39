import type { KubernetesObject } from '../model/kubernetes-object.ts';

type Conditions = { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };

/** Whether a condition of its status is `True`. */
export const isTrue = ({ status }: KubernetesObject, type: string): boolean =>
  ((status as Conditions | undefined)?.conditions ?? []).some(
    (condition) => condition.type === type && condition.status === 'True',
  );
