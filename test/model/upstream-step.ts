// kubernetes-csi-addons as it decides: what it asks the driver next, and what it writes. It asks nobody but the driver, forces a promote
// that is refused, and knows nothing of who follows whom.
import { type Answers, errorText, type Failure } from '../../core/replication/answer.ts';
import {
  demoted,
  failedDemotion,
  failedPromotion,
  failedResync,
  notDegraded,
  promoted,
  replicating,
  replicationUnknown,
  resyncing,
} from '../../core/replication/condition-sets.ts';
import { currentState, type Facts } from '../../core/replication/facts.ts';
import { backoff, type Requeue, type Step } from '../../core/replication/step.ts';

const call = (rpc: Extract<Step, { do: 'call' }>['rpc'], force = false): Step => ({ do: 'call', rpc, force });

const isFailure = (answer: { ok: boolean } | undefined): answer is Failure => answer?.ok === false;

const failures = { promote: failedPromotion, demote: failedDemotion, resync: failedResync } as const;

const afterError = (facts: Facts): Requeue =>
  currentState(facts) === 'Secondary' ? { when: 'after', ms: 15_000 } : backoff;

const fail = (facts: Facts, what: keyof typeof failures, failure: Failure): Step => ({
  do: 'finish',
  status: {
    message: failure.description,
    conditions: failures[what]('volume', `failed to ${what} volume`, errorText(failure)),
  },
  requeue: afterError(facts),
  notes: [],
});

const promote = (facts: Facts, answers: Answers): Step | undefined => {
  if (currentState(facts) === 'Primary') return undefined;
  const { enable, promote: answer, forcedPromote } = answers;
  if (enable === undefined) return call('enable');
  if (isFailure(enable)) return fail(facts, 'promote', enable);
  if (answer === undefined) return call('promote');
  if (!isFailure(answer)) return undefined;
  if (answer.code !== 'FailedPrecondition') return fail(facts, 'promote', answer);
  if (forcedPromote === undefined) return call('promote', true);
  return isFailure(forcedPromote) ? fail(facts, 'promote', forcedPromote) : undefined;
};

const toPrimary = (facts: Facts, answers: Answers): Step => {
  const before = promote(facts, answers);
  if (before !== undefined) return before;
  const { info } = answers;
  if (info === undefined) return call('info');
  const told = info.ok
    ? replicating('volume', '')
    : info.code === 'NotFound'
      ? []
      : replicationUnknown('volume', errorText(info));
  return {
    do: 'finish',
    status: {
      state: 'Primary',
      message: 'volume is marked primary',
      conditions: [...promoted('volume'), ...told],
      completed: true,
      ...(info.ok ? { sync: info.info } : {}),
    },
    requeue: info.ok || info.code === 'NotFound' ? { when: 'after', ms: facts.pollMs ?? 60_000 } : backoff,
    notes: [],
  };
};

const follow = (facts: Facts, answers: Answers, force: boolean, message: string): Step => {
  const { resync } = answers;
  if (resync === undefined) return call('resync', force);
  if (isFailure(resync)) return fail(facts, 'resync', resync);
  const forgets = facts.replication.spec.replicationState === 'secondary';
  return resync.ready
    ? {
        do: 'finish',
        status: {
          state: 'Secondary',
          message,
          conditions: [...resyncing('volume'), ...notDegraded('volume')],
          completed: true,
          ...(forgets ? { forgetsSyncTime: true, withdrawn: ['Replicating'] } : {}),
        },
        requeue: { when: 'never' },
        notes: [],
      }
    : {
        do: 'finish',
        status: {
          message: 'volume is degraded',
          conditions: resyncing('volume'),
          withdrawn: ['Replicating'],
        },
        requeue: { when: 'after', ms: 30_000 },
        notes: [],
      };
};

const toSecondary = (facts: Facts, answers: Answers): Step => {
  if (answers.demote === undefined) return call('demote');
  if (isFailure(answers.demote)) return fail(facts, 'demote', answers.demote);
  if (currentState(facts) === 'Secondary')
    return follow(facts, answers, facts.replication.spec.autoResync ?? false, 'volume is marked secondary');
  return {
    do: 'finish',
    status: {
      state: 'Secondary',
      message: 'volume is marked secondary and is degraded',
      conditions: demoted('volume'),
    },
    requeue: { when: 'after', ms: 15_000 },
    notes: [],
  };
};

/** The next step of kubernetes-csi-addons for one VolumeReplication that is not being deleted. */
export const upstreamStep = (facts: Facts, answers: Answers): Step => {
  const { replication, claim } = facts;
  if (claim === undefined || facts.volume === undefined)
    return { do: 'finish', status: { message: 'no volume', conditions: [] }, requeue: backoff, notes: [] };
  if ((replication.metadata.finalizers ?? []).length === 0) return { do: 'add-finalizer' };
  if ((claim.metadata.finalizers ?? []).length === 0) return { do: 'claim-pvc' };
  switch (replication.spec.replicationState) {
    case 'primary':
      return toPrimary(facts, answers);
    case 'secondary':
      return toSecondary(facts, answers);
    case 'resync':
      return follow(facts, answers, true, 'volume is marked for resyncing');
  }
};
