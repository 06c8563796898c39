import pLimit from 'p-limit';
import { messageOf } from '../../core/model/error.ts';
import type { VolumeIdentity } from '../../core/model/persistent-volume.ts';
import { type GuardAnswer, readGuardAnswer } from '../../core/plan/guard-answer.ts';
import type { LossAt } from '../../core/plan/losses-of-move.ts';
import type { MoveVolume } from '../../core/plan/move.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import { askedName, questionOfPromote } from '../../core/rules/asked-volume.ts';
import { consentText } from '../consent/consent-text.ts';
import { whoConsents } from '../consent/who-consents.ts';
import { isForbidden, isNotFound } from '../door/api-failures.ts';
import type { Site } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { writeStep } from '../step/write-step.ts';

/** There in every cluster. */
const someNamespace = 'default';

/** How the guard is asked. */
export type AskingGuard = {
  readonly target: Site;
  readonly identityOf: (volume: MoveVolume) => VolumeIdentity | undefined;
  readonly parallel: number;
  readonly io: Pick<Io, 'now'>;
  readonly signal: AbortSignal;
};

/** A volume that the guard would not let become primary, and what it says. */
export type RefusedByGuard = { readonly volume: MoveVolume; readonly answer: GuardAnswer };

const whyRefused = async (
  { target, io, signal }: AskingGuard,
  { need, volume }: LossAt,
  { identity, by }: { identity: VolumeIdentity; by: string },
): Promise<string | undefined> => {
  const { accepts, seen } = need;
  // Which volume it was given for is known by the question itself.
  const consent = consentText(
    { accepts, seen: seen && { ...seen, volumes: undefined }, maxLoss: 'unknown', by, reason: undefined },
    io.now(),
  );
  const askIn = async (namespace: string): Promise<string | undefined> => {
    const object = questionOfPromote(namespace, identity);
    try {
      await writeStep(target, [{ kind: 'create', object }], { consent, dryRun: true, signal });
      return undefined;
    } catch (error) {
      signal.throwIfAborted();
      if (isNotFound(error) && namespace !== someNamespace) return askIn(someNamespace);
      // Whoever cannot ask learns it as before: from the promote.
      if (!isForbidden(error)) return undefined;
      return messageOf(error).replaceAll(`${namespace}/${askedName}`, claimKeyText(volume.target));
    }
  };
  return askIn(volume.target.namespace);
};

/**
 * Asks the guard of the target, before anything is written there, about promotes that would be forced because the source cannot be read
 * from this machine: the guard reads the source itself. Where there is no guard, or it cannot tell either, nothing is refused.
 */
export const askGuardFirst = async (
  losses: readonly LossAt[],
  asking: AskingGuard,
): Promise<readonly RefusedByGuard[]> => {
  if (losses.length === 0) return [];
  const by = await whoConsents(asking.target, asking.signal);
  const limit = pLimit(asking.parallel);
  const ask = async (loss: LossAt): Promise<RefusedByGuard[]> => {
    const identity = asking.identityOf(loss.volume);
    const said = identity && (await whyRefused(asking, loss, { identity, by }));
    const answer = said === undefined ? undefined : readGuardAnswer(said);
    return answer === undefined ? [] : [{ volume: loss.volume, answer }];
  };
  return (await Promise.all(losses.map((loss) => limit(() => ask(loss))))).flat();
};
