import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { Decision, ReplicationKey } from '../../core/step/decision.ts';
import type { StepFacts } from '../../core/step/step-facts.ts';
import type { Sites } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import type { Reporter, RunEvent } from '../progress/run-event.ts';
import type { StepOptions } from './parse-step-flags.ts';
import type { Verb } from './verb.ts';

/** Everything that a step over several volumes is made with. */
export type StepRun = {
  readonly verb: Verb;
  readonly sites: Sites;
  readonly options: StepOptions;
  readonly reporter: Reporter;
  readonly io: Io;
};

/** One volume, and what was decided about it. */
export type Planned = { readonly facts: StepFacts; readonly decision: Decision };

const objectOf = ({ namespace, name }: ClaimKey) => ({ kind: 'PersistentVolumeClaim', namespace, name });

/** Tells something about the claim of a volume. */
export const tell = (
  { reporter, sites }: Pick<StepRun, 'reporter' | 'sites'>,
  key: ClaimKey,
  event: Omit<RunEvent, 'site' | 'object'>,
): void => reporter.report({ ...event, site: sites.here.name, object: objectOf(key) });

/** Where the other site's VolumeReplication of the volume is; undefined where there is none. */
export const keyThereOf = ({ facts }: Planned): ReplicationKey | undefined => {
  const replication = facts.peer.replication;
  if (replication?.kind !== 'VolumeReplication') return undefined;
  const { namespace = '', name = '' } = replication.object.metadata;
  return { namespace, name };
};
