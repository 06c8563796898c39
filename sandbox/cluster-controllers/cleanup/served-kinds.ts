import type { Resource } from '../../../core/model/resource.ts';
import type { Cluster } from '../../../kube/cluster.ts';

/** One kind that a server has, with what may be done to it. */
export type ServedKind = { resource: Resource; verbs: readonly string[] };

type ApiResource = { name: string; kind: string; namespaced: boolean; verbs: string[] };
type ApiResourceList = { groupVersion: string; resources?: ApiResource[] };
type GroupList = {
  groups?: {
    name: string;
    preferredVersion?: { groupVersion: string };
    versions?: { groupVersion: string }[];
  }[];
};

const kindsOf = (list: ApiResourceList): ServedKind[] => {
  const [first = '', second] = list.groupVersion.split('/');
  const [group, version] = second === undefined ? ['', first] : [first, second];
  return (list.resources ?? [])
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({
      resource: { group, version, plural: name, kind, namespaced },
      verbs,
    }));
};

/**
 * All kinds of a server, each in its group's preferred version. `failed` names the group versions that did not answer: what
 * they hold is unknown, not absent.
 */
export const discoverKinds = async (
  cluster: Cluster,
  signal: AbortSignal,
): Promise<{ kinds: ServedKind[]; failed: string[] }> => {
  const groups = await cluster.request<GroupList>('GET', '/apis', { signal });
  const versions = (groups.groups ?? []).flatMap((group) => group.preferredVersion?.groupVersion ?? []);
  const paths = ['/api/v1', ...versions.map((version) => `/apis/${version}`)];
  const answers = await Promise.allSettled(
    paths.map((path) => cluster.request<ApiResourceList>('GET', path, { signal })),
  );
  return {
    kinds: answers.flatMap((answer) => (answer.status === 'fulfilled' ? kindsOf(answer.value) : [])),
    failed: paths.filter((_, index) => answers[index]?.status === 'rejected'),
  };
};
