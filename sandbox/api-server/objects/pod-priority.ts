// Admission plugin Priority: what kube-apiserver 1.36 was seen to answer.
import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { failures } from '../http/failure.ts';
import { isJsonObject } from '../schema/json-value.ts';
import type { Store } from '../store/store.ts';

export const priorityClassCollection = 'priorityclasses.scheduling.k8s.io';

type PriorityClass = KubernetesObject & {
  value?: number;
  preemptionPolicy?: string;
  globalDefault?: boolean;
};

const podResource = { group: '', plural: 'pods', kind: 'Pod' };
const classResource = { group: 'scheduling.k8s.io', plural: 'priorityclasses', kind: 'PriorityClass' };

const classesIn = (store: Store): PriorityClass[] =>
  store.list(priorityClassCollection).map(({ object }) => object as PriorityClass);

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name || (metadata.generateName ?? '');

/** The class that a pod names; else the default one, the lowest of several; undefined where there is none. */
const classOf = (pod: KubernetesObject, named: unknown, store: Store): PriorityClass | undefined => {
  const classes = classesIn(store);
  if (typeof named !== 'string' || named === '') {
    return classes
      .filter(({ globalDefault }) => globalDefault === true)
      .sort((one, other) => (one.value ?? 0) - (other.value ?? 0))[0];
  }
  const found = classes.find(({ metadata }) => metadata.name === named);
  if (found !== undefined) return found;
  throw failures.forbidden(podResource, nameOf(pod), `no PriorityClass with name ${named} was found`);
};

/** The pod with the priority of its class. Refuses (403) one that names a class that is missing, or a priority of its own. */
export const withPriority = (pod: KubernetesObject, store: Store): KubernetesObject => {
  const spec = isJsonObject(pod['spec']) ? pod['spec'] : {};
  const found = classOf(pod, spec['priorityClassName'], store);
  const priority = found?.value ?? 0;
  const preemptionPolicy = found?.preemptionPolicy ?? 'PreemptLowerPriority';
  const given = spec['priority'];
  if (given !== undefined && given !== null && given !== priority) {
    const why = `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
    throw failures.forbidden(podResource, nameOf(pod), why);
  }
  const named = found === undefined ? {} : { priorityClassName: found.metadata.name };
  return { ...pod, spec: { ...spec, ...named, priority, preemptionPolicy } };
};

/** Refuses (403) a second class that is marked as the default one. */
export const requireSingleDefault = (object: KubernetesObject, store: Store): void => {
  if ((object as PriorityClass).globalDefault !== true) return;
  const name = nameOf(object);
  const other = classesIn(store).find(
    ({ globalDefault, metadata }) => globalDefault === true && metadata.name !== name,
  );
  if (other === undefined) return;
  const why = `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`;
  throw failures.forbidden(classResource, name, why);
};
