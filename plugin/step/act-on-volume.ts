import { DrError } from '../../core/model/error.ts';
import type { VolumeReplication } from '../../core/model/volume-replication.ts';
import { formatAge } from '../../core/status/age.ts';
import { drCommand } from '../../core/status/dr-command.ts';
import type { Decision, ReplicationKey } from '../../core/step/decision.ts';
import { isHandedOver } from '../../core/step/reached.ts';
import { describeRpo } from '../../core/step/rpo-at-risk.ts';
import type { Outcome } from '../progress/outcome.ts';
import { awaitStage, type Followers } from './await-step.ts';
import { describeFailure } from './step-failure.ts';
import { keyThereOf, type Planned, type StepRun, tell } from './step-run.ts';
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

/** A loss that a rule wants a consent to is never written without one, whoever came here how. */
const assertConsent = ({ options }: StepRun, decision: Asked, consent: string | undefined): void => {
  const needs = decision.kind === 'write' ? (decision.consent?.accepts ?? []) : [];
  if (needs.length === 0 || consent !== undefined || options.dryRun !== 'none') return;
  throw new DrError({ code: 'ConsentNeeded', message: `nobody has accepted ${needs.join(', ')}` });
};

const write = (run: StepRun, decision: Asked, { consent }: ActOptions) => {
  if (decision.kind !== 'write') return undefined;
  assertConsent(run, decision, consent);
  return writeStep(run.sites.here, decision.writes, {
    consent,
    dryRun: run.options.dryRun === 'server',
    signal: run.io.signal,
  });
};

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
    const seen = await awaitStage(options.followers.here, {
      key,
      reached: stage.reached,
      generation,
      onWaiting: (text) => tell(run, planned.facts.key, { type: 'Waiting', message: text }),
      now: io.now,
      signal,
    });
    remark = remark || seen.message;
    if (stage.afterwards === undefined || seen.replication === undefined) continue;
    const next = stage.afterwards(seen.replication, io.now());
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
  const failure = describeFailure(error, run.sites.here);
  tell(run, planned.facts.key, failure);
  return failure.type === 'Refused' ? 'Refused' : 'Failed';
};

const whyNotAsked = (decision: Decision): string => {
  const handOver = decision.kind === 'write' ? decision.handOver : undefined;
  if (handOver === undefined || handOver.loss.known)
    return 'not asked for: time ran out before it was its turn. Run the same command again';
  return `not asked for: ${handOver.loss.why}. The same command waits again; to lose ${handOver.loses}: --yes --accept-data-loss=unknown`;
};

const timeOut = (run: StepRun, { facts, decision }: Planned, isWritten: boolean): Outcome => {
  const { here, key } = facts;
  const next = drCommand(here, 'status', key);
  const message = isWritten
    ? `not seen to be ${run.verb.done} in time; it goes on, and the same command waits for it again`
    : whyNotAsked(decision);
  tell(run, key, { type: 'TimedOut', code: 'TimedOut', message, next });
  return 'TimedOut';
};

/** A step of several writes is not over with the first: the command that makes the others. */
const toEndIt = (run: StepRun, { facts }: Planned): { next?: string } =>
  run.verb.stages(facts).some(({ afterwards }) => afterwards !== undefined)
    ? { next: drCommand(facts.here, run.verb.name, facts.key) }
    : {};

/** It ends on this site alone: what is left on the other one is named. */
const tellLeft = (run: StepRun, { facts }: Planned): void => {
  const left = run.verb.leaves?.(facts);
  if (left !== undefined) tell(run, facts.key, { type: 'Warning', ...left });
};

/** How it ended, and what it leads to. */
const tellResult = (run: StepRun, { facts }: Planned, type: 'Done' | 'Unchanged', message: string): void => {
  const after = run.verb.leadsTo?.(facts);
  if (after === undefined) tell(run, facts.key, { type, message });
  else tell(run, facts.key, { type, message: `${message}; ${after.message}`, next: after.next });
};

const interrupt = (run: StepRun, planned: Planned, isWritten: boolean): Outcome => {
  const message = isWritten
    ? 'interrupted; what was asked for goes on'
    : 'interrupted; nothing was asked for';
  const next = isWritten ? toEndIt(run, planned) : {};
  tell(run, planned.facts.key, { type: 'Failed', code: 'Interrupted', message, ...next });
  return 'Failed';
};

/** What the other side wrote last has to be here before a promote is asked for, unless its loss was accepted. */
const awaitHandOver = async (
  run: StepRun,
  planned: Planned,
  decision: Asked,
  { followers, consent, deadline }: ActOptions,
): Promise<void> => {
  const keyThere = keyThereOf(planned);
  const isAccepted = consent !== undefined;
  if (decision.kind !== 'write' || decision.handOver === undefined || isAccepted) return;
  if (followers.there === undefined || keyThere === undefined) return;
  await awaitStage(followers.there, {
    key: keyThere,
    reached: isHandedOver(planned.facts.there?.name ?? 'the other site'),
    generation: 0,
    onWaiting: (text) => tell(run, planned.facts.key, { type: 'Waiting', message: text }),
    now: run.io.now,
    signal: AbortSignal.any([run.io.signal, deadline]),
  });
};

const act = async (
  run: StepRun,
  planned: Planned,
  options: ActOptions,
  onWritten: () => void,
): Promise<Outcome> => {
  const { facts, decision } = planned;
  const { verb, io } = run;
  if (decision.kind === 'refuse') return 'Refused';
  if (decision.kind === 'unchanged') {
    tellResult(run, planned, 'Unchanged', decision.message);
    return 'Unchanged';
  }
  const startedAt = io.now();
  options.deadline.throwIfAborted();
  if (run.options.dryRun === 'client') return plan(run, planned, decision);
  if (run.options.dryRun === 'none') await awaitHandOver(run, planned, decision, options);
  const stored = await write(run, decision, options);
  onWritten();
  if (run.options.dryRun === 'server') return plan(run, planned, decision);
  if (!run.options.waits) {
    tell(run, facts.key, { type: 'Done', message: `asked to be ${verb.done}`, ...toEndIt(run, planned) });
    return 'Done';
  }
  const said = await goThroughStages(run, planned, { key: decision.key, stored, options });
  if (decision.kind === 'await') {
    tellResult(run, planned, 'Unchanged', `is ${verb.done} already${said}`);
    return 'Unchanged';
  }
  const took = formatAge(io.now() - startedAt);
  tellResult(run, planned, 'Done', `${verb.done} in ${took}${said}`);
  tellLeft(run, planned);
  return 'Done';
};

/** Makes the step of one volume and waits until it is seen. Never rejects: how it ended is told, and answered. */
export const actOnVolume = async (run: StepRun, planned: Planned, options: ActOptions): Promise<Outcome> => {
  let isWritten = planned.decision.kind === 'await';
  const onWritten = (): void => {
    isWritten = true;
  };
  try {
    return await act(run, planned, options, onWritten);
  } catch (error) {
    if (run.io.signal.aborted) return interrupt(run, planned, isWritten);
    return options.deadline.aborted ? timeOut(run, planned, isWritten) : fail(run, planned, error);
  }
};
