import { editPath, type Fields, without, withoutAnnotations, withoutFields } from './edit-fields.ts';

/** Counted by controllers from 1 again. */
const countedAnnotations = [
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deprecated.daemonset.template.generation',
];

/** A workload, apart from what a Job has beside. Its replica count stays, and so does the count from before it was scaled down. */
export const cleanWorkload = <T extends Fields>(workload: T): T =>
  withoutAnnotations(workload, (name) => countedAnnotations.includes(name));

/** Made by the server from a Job's uid; with those of another Job it refuses a new one. */
const generatedLabels = [
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
  'job-name',
  'batch.kubernetes.io/job-name',
];

const withoutGenerated = (labels: Fields): Fields =>
  withoutFields(labels, (name) => generatedLabels.includes(name));

/** A Job without the selector and labels that the server gave it; with `manualSelector` they are its own. */
export const cleanJob = <T extends Fields & { spec?: unknown }>(job: T): T => {
  if ((job.spec as { manualSelector?: unknown } | undefined)?.manualSelector === true) return job;
  const named = editPath(job, ['metadata', 'labels'], withoutGenerated);
  const templated = editPath(named, ['spec', 'template', 'metadata', 'labels'], withoutGenerated);
  return editPath(templated, ['spec'], (spec) => without(spec, 'selector'));
};
