import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { type JsonObject, sameJson } from '../schema/json-value.ts';
import { sayDuration } from './age.ts';
import { builtInKind } from './built-in-kind.ts';
import { text } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { checkPodSpec, defaultTemplate } from './pod-spec.ts';
import { listAt, numberAt, read, recordAt, textAt } from './reading.ts';
import { containerColumns, selectorColumn } from './workload.ts';

/** The defaults of a job's spec, in a job; a cron job's template gets those of its pods only. */
const defaultJobSpec = (spec: JsonObject): JsonObject => {
  const counted =
    spec['completions'] === undefined && spec['parallelism'] === undefined ? { completions: 1 } : {};
  const filled = fill(spec, {
    ...counted,
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    manualSelector: false,
    suspend: false,
    podReplacementPolicy: spec['podFailurePolicy'] === undefined ? 'TerminatingOrFailed' : 'Failed',
    template: {},
  });
  return editObject(filled, 'template', defaultTemplate);
};

const uidLabel = 'batch.kubernetes.io/controller-uid';

/** A job selects its pods by its own uid, unless its maker chose a selector. */
const complete = (job: KubernetesObject): KubernetesObject => {
  const { uid = '', name = '' } = job.metadata;
  if (read(job, 'spec', 'manualSelector') === true) return job;
  const own = {
    [uidLabel]: uid,
    'batch.kubernetes.io/job-name': name,
    'controller-uid': uid,
    'job-name': name,
  };
  return editObject(job, 'spec', (spec) =>
    editObject(fill(spec, { selector: { matchLabels: { [uidLabel]: uid } } }), 'template', (template) =>
      editObject(fill(template, { metadata: {} }), 'metadata', (metadata) => ({
        ...metadata,
        labels: { ...recordAt(metadata, 'labels'), ...own },
      })),
    ),
  );
};

/** A job's labels are those of its template where its maker gave it none. */
const labelled = (job: KubernetesObject): KubernetesObject => {
  const labels = recordAt(job, 'spec', 'template', 'metadata', 'labels') as Record<string, string>;
  if (job.metadata.labels !== undefined || Object.keys(labels).length === 0) return job;
  return { ...job, metadata: { ...job.metadata, labels } };
};

/** Findings about the template of a job's pods. */
export const checkJobTemplate = (spec: JsonObject, path: string): FieldError[] => {
  const pod = recordAt(spec, 'template', 'spec');
  const at = `${path}.template.spec`;
  const found = checkPodSpec(pod, at);
  return textAt(pod, 'restartPolicy') === 'Always'
    ? [...found, findings.required(`${at}.restartPolicy`, 'valid values: "OnFailure", "Never"')]
    : found;
};

const frozen = ['completions', 'selector', 'template', 'completionMode'];

const validateChange = (job: KubernetesObject, old: KubernetesObject): FieldError[] => {
  const suspended = read(old, 'spec', 'suspend') === true;
  return frozen
    .filter((name) => !(suspended && name === 'template'))
    .filter((name) => !sameJson(read(job, 'spec', name), read(old, 'spec', name)))
    .map((name) => findings.invalid(`spec.${name}`, read(job, 'spec', name) ?? null, 'field is immutable'));
};

const isTrue = (job: KubernetesObject, type: string): boolean =>
  listAt(job, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === type && textAt(condition, 'status') === 'True',
  );

const statusOf = (job: KubernetesObject): string => {
  const told = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) =>
    isTrue(job, type),
  );
  if (job.metadata.deletionTimestamp !== undefined && told !== 'Complete' && told !== 'Failed')
    return 'Terminating';
  return told ?? 'Running';
};

const completionsOf = (job: KubernetesObject): string => {
  const done = numberAt(job, 'status', 'succeeded');
  const wanted = read(job, 'spec', 'completions');
  if (typeof wanted === 'number') return `${done}/${wanted}`;
  const parallel = numberAt(job, 'spec', 'parallelism');
  return parallel > 1 ? `${done}/1 of ${parallel}` : `${done}/1`;
};

const durationOf = (job: KubernetesObject, now: number): string => {
  const start = Date.parse(textAt(job, 'status', 'startTime'));
  if (Number.isNaN(start)) return '';
  const end = Date.parse(textAt(job, 'status', 'completionTime'));
  return sayDuration((Number.isNaN(end) ? now : end) - start);
};

/** Jobs. */
export const jobs: Kind = builtInKind(resources.jobs, {
  categories: ['all'],
  status: true,
  tracksGeneration: true,
  create: (job) => ({ ...job, spec: recordAt(job, 'spec'), status: {} }),
  defaults: (job) => editObject(job, 'spec', defaultJobSpec),
  complete: (job) => labelled(complete(job)),
  validate: (job) => checkJobTemplate(recordAt(job, 'spec'), 'spec'),
  validateChange,
  selectableFields: { 'status.successful': (job) => String(numberAt(job, 'status', 'succeeded')) },
  columns: [text('Status', statusOf), text('Completions', completionsOf), text('Duration', durationOf)],
  wide: [...containerColumns, selectorColumn],
});
