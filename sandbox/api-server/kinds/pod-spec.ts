import type { FieldError } from '../field-error.ts';
import { findings } from '../schema/finding.ts';
import { isJsonObject, type JsonObject } from '../schema/json-value.ts';
import { canonicalQuantities, canonicalResources } from './canonical-quantity.ts';
import { edit, editItems, editObject, fill } from './editing.ts';
import { isLabel, notALabel } from './name-checks.ts';
import { listAt, read, textAt } from './reading.ts';

const readMode = 0o644;

/** An image without a tag, or tagged `latest`, is pulled every time. */
const pullPolicyOf = (image: string): string => {
  if (image.includes('@')) return 'IfNotPresent';
  const [, tag = 'latest'] = /:([^/:]+)$/.exec(image) ?? [];
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
};

const defaultProbe = (probe: JsonObject): JsonObject =>
  editObject(
    fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 }),
    'httpGet',
    (get) => fill(get, { path: '/', scheme: 'HTTP' }),
  );

const defaultVariable = (variable: JsonObject): JsonObject =>
  editObject(variable, 'valueFrom', (from) =>
    editObject(from, 'fieldRef', (reference) => fill(reference, { apiVersion: 'v1' })),
  );

const defaultContainer = (container: JsonObject): JsonObject => {
  const filled = fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicyOf(textAt(container, 'image')),
  });
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce(
    (done, probe) => editObject(done, probe, defaultProbe),
    editObject(filled, 'resources', canonicalResources),
  );
  const ports = editItems(probed, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  return editItems(ports, 'env', defaultVariable);
};

const isSourceless = (volume: JsonObject): boolean =>
  Object.entries(volume).every(([name, value]) => name === 'name' || value === undefined);

const defaultVolume = (volume: JsonObject): JsonObject => {
  const sourced = isSourceless(volume) ? { ...volume, emptyDir: {} } : volume;
  const moded = ['secret', 'configMap', 'projected', 'downwardAPI'].reduce(
    (done, source) => editObject(done, source, (given) => fill(given, { defaultMode: readMode })),
    sourced,
  );
  return editObject(moded, 'hostPath', (path) => fill(path, { type: '' }));
};

/** `serviceAccount` is the old name of `serviceAccountName`; both are shown. */
const bothAccounts = (spec: JsonObject): JsonObject => {
  const account = textAt(spec, 'serviceAccountName') || textAt(spec, 'serviceAccount');
  return account === '' ? spec : { ...spec, serviceAccountName: account, serviceAccount: account };
};

/** The defaults of a pod's spec, in a pod or in a template. */
export const defaultPodSpec = (spec: JsonObject): JsonObject => {
  const filled = fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  });
  const contained = ['containers', 'initContainers', 'ephemeralContainers'].reduce(
    (done, list) => editItems(done, list, defaultContainer),
    filled,
  );
  return bothAccounts(editItems(edit(contained, 'overhead', canonicalQuantities), 'volumes', defaultVolume));
};

/** The defaults of a pod template. */
export const defaultTemplate = (template: JsonObject): JsonObject =>
  editObject(fill(template, { metadata: {}, spec: {} }), 'spec', defaultPodSpec);

const checkMounts = (container: unknown, path: string, volumes: readonly string[]): FieldError[] =>
  listAt(container, 'volumeMounts').flatMap((mount, index) => {
    const name = textAt(mount, 'name');
    const at = `${path}.volumeMounts[${index}]`;
    return [
      ...(name === '' ? [findings.required(`${at}.name`)] : []),
      ...(name !== '' && !volumes.includes(name) ? [findings.notFound(`${at}.name`, name)] : []),
      ...(textAt(mount, 'mountPath') === '' ? [findings.required(`${at}.mountPath`)] : []),
    ];
  });

const checkName = (name: string, path: string, earlier: readonly string[]): FieldError[] => {
  if (name === '') return [findings.required(path)];
  if (!isLabel(name)) return [findings.invalid(path, name, notALabel)];
  return earlier.includes(name) ? [findings.duplicate(path, name)] : [];
};

const namesOf = (items: readonly unknown[]): string[] => items.map((item) => textAt(item, 'name'));

const checkContainers = (spec: JsonObject, list: string, path: string): FieldError[] => {
  const containers = listAt(spec, list);
  const names = namesOf(containers);
  const volumes = namesOf([...listAt(spec, 'volumes'), ...listAt(spec, 'volumeClaimTemplates')]);
  return containers.flatMap((container, index) => {
    const at = `${path}.${list}[${index}]`;
    return [
      ...checkName(names[index] ?? '', `${at}.name`, names.slice(0, index)),
      ...(textAt(container, 'image') === '' ? [findings.required(`${at}.image`)] : []),
      ...checkMounts(container, at, volumes),
    ];
  });
};

const checkVolumes = (spec: JsonObject, path: string): FieldError[] => {
  const names = namesOf(listAt(spec, 'volumes'));
  return names.flatMap((name, index) =>
    checkName(name, `${path}.volumes[${index}].name`, names.slice(0, index)),
  );
};

const restartPolicies = ['Always', 'OnFailure', 'Never'];

/** What a kube-apiserver refuses in a pod's spec, as far as anyone here could get it wrong. `path` names the spec. */
export const checkPodSpec = (spec: JsonObject, path: string): FieldError[] => {
  const policy = textAt(spec, 'restartPolicy');
  return [
    ...checkVolumes(spec, path),
    ...(listAt(spec, 'containers').length === 0 ? [findings.required(`${path}.containers`)] : []),
    ...checkContainers(spec, 'containers', path),
    ...checkContainers(spec, 'initContainers', path),
    ...(restartPolicies.includes(policy)
      ? []
      : [findings.notSupported(`${path}.restartPolicy`, policy, restartPolicies)]),
  ];
};

/** Names, images … of the containers of a spec, joined as tables show them. */
export const joinContainers = (spec: unknown, field: 'name' | 'image'): string =>
  listAt(spec, 'containers')
    .filter(isJsonObject)
    .map((container) => textAt(container, field))
    .join(',');

/** Whether any container sets the given kind of resources. */
export const hasResources = (spec: unknown, of: 'requests' | 'limits'): boolean =>
  listAt(spec, 'containers').some((container) => read(container, 'resources', of) !== undefined);
