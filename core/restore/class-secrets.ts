import type { PersistentVolume, PersistentVolumeClaim } from '../model/persistent-volume.ts';
import { known, type Reading, unknown } from '../model/reading.ts';

/** `v1` SecretReference of a PV's CSI source. */
export type SecretReference = { readonly name: string; readonly namespace: string };

/** What the templates of a class may name. */
export type TemplateValues = { readonly volume: PersistentVolume; readonly claim: PersistentVolumeClaim };

const annotationTemplate = /^pvc\.annotations\['([^']+)'\]$/;

const textFor = (expression: string, { volume, claim }: TemplateValues): string | undefined => {
  switch (expression) {
    case 'pv.name':
      return volume.metadata.name;
    case 'pvc.name':
      return claim.metadata.name;
    case 'pvc.namespace':
      return claim.metadata.namespace;
    default: {
      const [, annotation = ''] = annotationTemplate.exec(expression) ?? [];
      return claim.metadata.annotations?.[annotation];
    }
  }
};

const filledIn = (template: string, values: TemplateValues): string | undefined => {
  let isComplete = true;
  const text = template.replaceAll(/\$\{([^}]*)\}/g, (_, expression: string) => {
    const value = textFor(expression, values);
    isComplete &&= value !== undefined;
    return value ?? '';
  });
  return isComplete ? text : undefined;
};

/**
 * The secret that a StorageClass names for one purpose (`node-stage`, `controller-expand` …), with its templates filled in as
 * external-provisioner does it (kubernetes-csi.github.io/docs/secrets-and-credentials-storage-class.html). Known undefined: the class
 * names none. Unknown: half a reference, or a template that nothing fills.
 */
export const classSecret = (
  parameters: Readonly<Record<string, string>>,
  purpose: string,
  values: TemplateValues,
): Reading<SecretReference | undefined> => {
  const nameKey = `csi.storage.k8s.io/${purpose}-secret-name`;
  const namespaceKey = `csi.storage.k8s.io/${purpose}-secret-namespace`;
  const templates = [parameters[nameKey] || undefined, parameters[namespaceKey] || undefined] as const;
  if (templates.every((template) => template === undefined)) return known(undefined);
  const [nameTemplate, namespaceTemplate] = templates;
  if (nameTemplate === undefined) return unknown(`it has ${namespaceKey} without ${nameKey}`);
  if (namespaceTemplate === undefined) return unknown(`it has ${nameKey} without ${namespaceKey}`);
  const [name, namespace] = [filledIn(nameTemplate, values), filledIn(namespaceTemplate, values)];
  if (name === undefined) return unknown(`nothing fills the template "${nameTemplate}"`);
  if (namespace === undefined) return unknown(`nothing fills the template "${namespaceTemplate}"`);
  return known({ name, namespace });
};
