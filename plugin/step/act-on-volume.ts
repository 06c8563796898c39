import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { formatAge } from '../../core/status/age.ts';
import type { Decision, ReplicationKey } from '../../core/step/decision.ts';
import { describeRpo } from '../../core/step/rpo-at-risk.ts';
import type { Outcome } from '../progress/outcome.ts';
import { awaitStage, type Followers } from './await-step.ts';
import { describeFailure } from './step-failure.ts';
import { type Planned, type StepRun, tell } from './step-run.ts';
import type { Stage } from './verb.ts';
import { writeStep } from './write-step.ts';

/** What an act on one volume shares with the others. */
export type ActOptions = {
  readonly stages: readonly Stage[];
  readonly followers: Followers;
  /** Text of the consent annotation that was given for it. */
  readonly consent: string | undefined;
  /** Aborted when nobody waits any longer. */
  readonly deadline: AbortSignal;
};

type Asked = Exclude<Decision, { kind: 'refuse' | 'unchanged' }>;

const keyThereOf = ({ facts }: Planned): ReplicationKey | undefined => {
  const replication = facts.peer.replication;
  if (replication?.kind !== 'VolumeReplication') return undefined;
  const { namespace = '', name = '' } = replication.object.metadata;
  return { namespace, name };
};

const plan = (run: StepRun, { facts }: Planned, decision: Asked): Outcome => {
  if (decision.kind === 'await') {
    tell(run, facts.key, { type: 'Unchanged', message: 'was asked for before (dry run)' });
    return 'Unchanged';
  }
  const consent = decision.consent;
  const needs =
    consent === undefined
      ? ''
      : `; to be accepted: the loss of ${consent.loses}, ${describeRpo(consent.loss)}`;
  tell(run, facts.key, {
    type: 'Planned',
    message: `would be ${decision.message} (${run.options.dryRun} dry run)${needs}`,
  });
  return 'Planned';
};

const write = (run: StepRun, decision: Asked, { consent }: ActOptions) =>
  decision.kind === 'write'
    ? writeStep(run.sites.here, decision.writes, {
        consent,
        dryRun: run.options.dryRun === 'server',
        signal: run.io.signal,
      })
    : undefined;

/** Waits for each stage in turn, writes what is to be written between them, and answers what is to be said about it. */
const goThroughStages = async (
  run: StepRun,
  planned: Planned,
  {
    key,
    stored,
    options,
  }: { key: ReplicationKey; stored: VolumeReplication | undefined; options: ActOptions },
): Promise<string> => {
  const { io, sites } = run;
  const signal = AbortSignal.any([io.signal, options.deadline]);
  let generation = stored?.metadata.generation ?? 0;
  let remark = '';
  for (const stage of options.stages) {
    const seen = await awaitStage(options.followers, {
      key,
      keyThere: keyThereOf(planned),
      stage,
      generation,
      onWaiting: (text) => tell(run, planned.facts.key, { type: 'Waiting', message: text }),
      now: io.now,
      signal,
    });
    remark = remark || seen.message;
    if (stage.afterwards === undefined || seen.replication === undefined) continue;
    const next = stage.afterwards(seen.replication);
    const after = await writeStep(sites.here, [next], {
      consent: undefined,
      dryRun: false,
      signal: io.signal,
    });
    generation = after?.metadata.generation ?? generation;
  }
  return remark === '' ? '' : `: ${remark}`;
};

const fail = (run: StepRun, planned: Planned, error: unknown): Outcome => {
  const failure = describeFailure(error);
  tell(run, planned.facts.key, failure);
  return failure.type === 'Refused' ? 'Refused' : 'Failed';
};

const timeOut = (run: StepRun, { facts }: Planned): Outcome => {
  const { here, key } = facts;
  tell(run, key, {
    type: 'TimedOut',
    code: 'TimedOut',
    message: `not seen to be ${run.verb.done} in time; it goes on, and the same command waits for it again`,
    next: `kubectl dr status -n ${key.namespace} ${key.name} --context ${here.context}`,
  });
  return 'TimedOut';
};

const act = async (run: StepRun, planned: Planned, options: ActOptions): Promise<Outcome> => {
  const { facts, decision } = planned;
  const { verb, io } = run;
  if (decision.kind === 'refuse') return 'Refused';
  if (decision.kind === 'unchanged') {
    tell(run, facts.key, { type: 'Unchanged', message: decision.message });
    return 'Unchanged';
  }
  const startedAt = io.now();
  if (run.options.dryRun === 'client') return plan(run, planned, decision);
  const stored = await write(run, decision, options);
  if (run.options.dryRun === 'server') return plan(run, planned, decision);
  if (!run.options.waits) {
    tell(run, facts.key, { type: 'Done', message: `asked to be ${verb.done}` });
    return 'Done';
  }
  const said = await goThroughStages(run, planned, { key: decision.key, stored, options });
  if (decision.kind === 'await') {
    tell(run, facts.key, { type: 'Unchanged', message: `is ${verb.done} already${said}` });
    return 'Unchanged';
  }
  const took = formatAge(io.now() - startedAt);
  tell(run, facts.key, { type: 'Done', message: `${verb.done} in ${took}${said}` });
  return 'Done';
};

/** Makes the step of one volume and waits until it is seen. Never rejects: how it ended is told, and answered. */
export const actOnVolume = async (run: StepRun, planned: Planned, options: ActOptions): Promise<Outcome> => {
  try {
    return await act(run, planned, options);
  } catch (error) {
    if (options.deadline.aborted && !run.io.signal.aborted) return timeOut(run, planned);
    return fail(run, planned, error);
  }
};
