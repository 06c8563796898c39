import type { KubernetesObject } from '../../../core/model/kubernetes-object.ts';
import { resources } from '../../../core/model/resource.ts';
import type { FieldError } from '../field-error.ts';
import type { Kind } from '../kind.ts';
import { findings } from '../schema/finding.ts';
import { sayAge } from './age.ts';
import { builtInKind } from './built-in-kind.ts';
import { flag, integer, orNone, text, wideText } from './columns.ts';
import { editObject, fill } from './editing.ts';
import { checkJobTemplate } from './jobs.ts';
import { labelSelectorText } from './label-selector-text.ts';
import { defaultTemplate, joinContainers } from './pod-spec.ts';
import { listAt, read, recordAt, textAt } from './reading.ts';

const defaults = (cronJob: KubernetesObject): KubernetesObject =>
  editObject(cronJob, 'spec', (spec) => {
    const filled = fill(spec, {
      concurrencyPolicy: 'Allow',
      suspend: false,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      jobTemplate: {},
    });
    return editObject(filled, 'jobTemplate', (template) =>
      editObject(fill(template, { metadata: {}, spec: {} }), 'spec', (job) =>
        editObject(fill(job, { template: {} }), 'template', defaultTemplate),
      ),
    );
  });

const checkSchedule = (schedule: string): FieldError[] => {
  if (schedule === '') return [findings.required('spec.schedule')];
  const fields = schedule.trim().split(/\s+/);
  return fields.length === 5 || schedule.startsWith('@')
    ? []
    : [
        findings.invalid(
          'spec.schedule',
          schedule,
          `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`,
        ),
      ];
};

const policies = ['Allow', 'Forbid', 'Replace'];

const validate = (cronJob: KubernetesObject): FieldError[] => {
  const policy = textAt(cronJob, 'spec', 'concurrencyPolicy');
  return [
    ...checkSchedule(textAt(cronJob, 'spec', 'schedule')),
    ...(policies.includes(policy) ? [] : [findings.notSupported('spec.concurrencyPolicy', policy, policies)]),
    ...checkJobTemplate(recordAt(cronJob, 'spec', 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'),
  ];
};

const podSpecOf = (cronJob: KubernetesObject): unknown =>
  read(cronJob, 'spec', 'jobTemplate', 'spec', 'template', 'spec');

const lastSchedule = (cronJob: KubernetesObject, now: number): string => {
  const time = read(cronJob, 'status', 'lastScheduleTime');
  return time === undefined ? '<none>' : sayAge(time, now);
};

/** CronJobs. */
export const cronJobs: Kind = builtInKind(resources.cronJobs, {
  shortNames: ['cj'],
  categories: ['all'],
  status: true,
  tracksGeneration: true,
  create: (cronJob) => ({ ...cronJob, spec: recordAt(cronJob, 'spec'), status: {} }),
  defaults,
  validate,
  columns: [
    text('Schedule', (cronJob) => textAt(cronJob, 'spec', 'schedule')),
    text('Timezone', (cronJob) => orNone(textAt(cronJob, 'spec', 'timeZone'))),
    flag('Suspend', (cronJob) => (read(cronJob, 'spec', 'suspend') === true ? 'True' : 'False')),
    integer('Active', (cronJob) => listAt(cronJob, 'status', 'active').length),
    text('Last Schedule', lastSchedule),
  ],
  wide: [
    wideText('Containers', (cronJob) => joinContainers(podSpecOf(cronJob), 'name')),
    wideText('Images', (cronJob) => joinContainers(podSpecOf(cronJob), 'image')),
    wideText('Selector', (cronJob) =>
      labelSelectorText(read(cronJob, 'spec', 'jobTemplate', 'spec', 'selector')),
    ),
  ],
});
