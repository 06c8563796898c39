import type { KubernetesObject } from './kubernetes-object.ts';

/** A Pod, as far as it tells which claims it uses. */
export type Pod = KubernetesObject & {
  spec?: {
    volumes?: {
      name?: string;
      persistentVolumeClaim?: { claimName: string };
      /** A claim that lives as long as the pod, called `<pod>-<volume>`. */
      ephemeral?: unknown;
    }[];
  };
  status?: { phase?: string };
};

/** A Pod in one of these phases has ended: it uses nothing any more. */
const ended: readonly (string | undefined)[] = ['Succeeded', 'Failed'];

/** Names of the claims that a pod uses; none once it has ended. */
export const claimsOfPod = ({ metadata, spec, status }: Pod): readonly string[] =>
  ended.includes(status?.phase)
    ? []
    : (spec?.volumes ?? []).flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
        if (persistentVolumeClaim !== undefined) return [persistentVolumeClaim.claimName];
        return ephemeral === undefined ? [] : [`${metadata.name}-${name}`];
      });
