import { resources } from '../../../core/model/resource.ts';
import type { Decision, Effect } from '../runtime/decision.ts';
import { makePod, removePod, setStatus, withoutZeros } from './pod-making.ts';
import { isActive, isReady, type Job, type Pod, type WorkloadCondition } from './workload-objects.ts';

const isTrue = (job: Job, type: string): boolean =>
  job.status?.conditions?.some((one) => one.type === type && one.status === 'True') === true;

const conditionsOf = (job: Job, isComplete: boolean, now: string): WorkloadCondition[] => {
  const old = job.status?.conditions ?? [];
  const make = (
    type: string,
    status: 'True' | 'False',
    reason: string,
    message: string,
  ): WorkloadCondition => {
    const before = old.find((one) => one.type === type);
    if (before?.status === status) return before;
    return { type, status, reason, message, lastProbeTime: now, lastTransitionTime: now };
  };
  if (isComplete) {
    const reached = 'Reached expected number of succeeded pods';
    return [
      make('SuccessCriteriaMet', 'True', 'CompletionsReached', reached),
      make('Complete', 'True', 'CompletionsReached', reached),
    ];
  }
  if (job.spec?.suspend === true) return [make('Suspended', 'True', 'JobSuspended', 'Job suspended')];
  return old.some((one) => one.type === 'Suspended')
    ? [make('Suspended', 'False', 'JobResumed', 'Job resumed')]
    : [];
};

/** One step of a job: as many pods at a time as its parallelism allows, until enough have succeeded. */
export const decideJob = (job: Job, pods: readonly Pod[], now: string): Decision => {
  if (job.metadata.deletionTimestamp !== undefined || isTrue(job, 'Complete') || isTrue(job, 'Failed')) {
    return { effects: [] };
  }
  const active = pods.filter(isActive);
  const succeeded = pods.filter((pod) => pod.status?.phase === 'Succeeded').length;
  const parallelism = job.spec?.parallelism ?? 1;
  // Without completions the job is over when its pods are.
  const completions = job.spec?.completions ?? (succeeded > 0 ? succeeded : parallelism);
  const isComplete = succeeded >= completions && active.length === 0;
  const isSuspended = job.spec?.suspend === true;
  const startTime = job.status?.startTime ?? (isSuspended ? undefined : now);
  const conditions = conditionsOf(job, isComplete, now);
  const status = setStatus(resources.jobs, job, {
    ...(startTime !== undefined && { startTime }),
    ...(isComplete && { completionTime: now }),
    ...(conditions.length > 0 && { conditions }),
    ...withoutZeros({ active: active.length, succeeded }),
    ready: active.filter(isReady).length,
  });
  return { effects: [...step(), ...status] };

  function step(): Effect[] {
    if (isComplete) return [];
    if (isSuspended) return active.map(removePod);
    const missing = Math.min(parallelism, completions - succeeded) - active.length;
    const labels = {
      'batch.kubernetes.io/job-name': job.metadata.name ?? '',
      'job-name': job.metadata.name ?? '',
    };
    const order = { resource: resources.jobs, owner: job, template: job.spec?.template, labels };
    return Array.from({ length: Math.max(0, missing) }, () => makePod(order));
  }
};
