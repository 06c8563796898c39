import type { KubernetesObject } from '../../core/model/kubernetes-object.ts';
import { resources } from '../../core/model/resource.ts';
import { lossOfPromote } from '../../core/plan/loss-of-promote.ts';
import type { Loss, MoveVolume } from '../../core/plan/move.ts';
import type { MoveWrite } from '../../core/plan/step-look.ts';
import type { ConsentNeed } from '../../core/step/decision.ts';
import { workloadFieldManager } from '../../core/workload/field-manager.ts';
import { forgetPaused, pausedFor, rememberPaused } from '../../core/workload/paused-managers.ts';
import type { Site } from '../door/clusters.ts';
import { writeStep } from '../step/write-step.ts';
import type { ChangeSignal } from './change-signal.ts';
import type { LiveSite } from './live-site.ts';
import { pauseManagers, resumeManagers } from './pause-managers.ts';
import type { VerifyUnused } from './verify-unused.ts';

/** What writes are made with. */
export type Performing = {
  readonly sites: { readonly source: LiveSite; readonly target: LiveSite };
  /** Text of the consent annotation for a loss that was accepted. Throws where more is at risk now than was shown. */
  readonly consentFor: (volume: MoveVolume, loss: Loss, need: ConsentNeed) => string | undefined;
  readonly verifyUnused: { readonly source: VerifyUnused; readonly target: VerifyUnused };
  /** Restores everything that is missing; one run serves all that ask for it. */
  readonly restore: () => Promise<void>;
  /** Awaited before a volume is promoted. */
  readonly onPromote: (volume: MoveVolume) => Promise<void> | void;
  /** Told what is paused, let go, or cannot be. */
  readonly onManager: (site: Site, message: string) => void;
  readonly changes: ChangeSignal;
  readonly signal: AbortSignal;
};

type WriteOf<Kind extends MoveWrite['kind']> = Extract<MoveWrite, { kind: Kind }>;

/** What is written is followed; a watch that does not tell of it in this time has ended, and that is told elsewhere. */
const seenWithinMs = 10_000;
const lookEveryMs = 100;

/** Waits until what was written is in view: the next plan must not write it again. */
const awaitSeen = async (
  live: LiveSite,
  resource: (typeof resources)[keyof typeof resources] | WriteOf<'workload'>['workload']['resource'],
  written: KubernetesObject,
  { changes, signal }: Performing,
): Promise<void> => {
  live.observe(resource, written);
  const giveUp = AbortSignal.any([signal, AbortSignal.timeout(seenWithinMs)]);
  while (!live.hasSeen(resource, written) && !giveUp.aborted) await changes.next(lookEveryMs, giveUp);
};

/** Who would start it again is paused first, and let go once it is started. */
const withManagers = async (
  { workload, does, patch }: WriteOf<'workload'>,
  { site }: LiveSite,
  { onManager, signal }: Performing,
): Promise<unknown> => {
  const tell = (message: string): void => onManager(site, message);
  const annotations =
    does === 'stop'
      ? rememberPaused(await pauseManagers(site, workload.managers, { tell, signal }))
      : forgetPaused(workload.object);
  const { metadata, ...rest } = patch as { metadata?: { annotations?: object } };
  return { ...rest, metadata: { ...metadata, annotations: { ...metadata?.annotations, ...annotations } } };
};

const writeWorkload = async (write: WriteOf<'workload'>, performing: Performing): Promise<void> => {
  const live = performing.sites[write.site];
  const { resource, namespace, name, object } = write.workload;
  const patch = await withManagers(write, live, performing);
  const written = await live.site.cluster.patch(resource, { namespace, name }, patch, {
    type: 'merge',
    fieldManager: workloadFieldManager,
    signal: performing.signal,
  });
  await awaitSeen(live, resource, written, performing);
  if (write.does === 'start')
    await resumeManagers(live.site, pausedFor(object), {
      tell: (message) => performing.onManager(live.site, message),
      signal: performing.signal,
    });
};

const volumeNameOf = (live: LiveSite, claim: { namespace: string; name: string }): string | undefined =>
  live.volumes.claims.get(claim)?.spec?.volumeName;

/** Under which loss a person accepted what a write needs: the demotion of an older copy is part of throwing it away. */
const lossOf = ({ does, site }: WriteOf<'replication'>, need: ConsentNeed): Loss =>
  does === 'resync' || (does === 'demote' && site === 'target') ? 'resync' : lossOfPromote(need);

const consentOf = (write: WriteOf<'replication'>, { consentFor }: Performing): string | undefined => {
  const { consent, volume } = write;
  if (consent === undefined) return undefined;
  return consentFor(volume, lossOf(write, consent), consent);
};

const writeReplication = async (write: WriteOf<'replication'>, performing: Performing): Promise<void> => {
  const live = performing.sites[write.site];
  if (write.does === 'demote') {
    const claim = write.volume[write.site];
    await performing.verifyUnused[write.site](claim, volumeNameOf(live, claim));
  }
  if (write.does === 'promote') await performing.onPromote(write.volume);
  const stored = await writeStep(live.site, write.writes, {
    consent: consentOf(write, performing),
    dryRun: false,
    signal: performing.signal,
  });
  if (stored !== undefined) await awaitSeen(live, resources.volumeReplications, stored, performing);
};

/** Makes one write, and settles once it is in view. Rejects with what the server said. */
export const performWrite = (write: MoveWrite, performing: Performing): Promise<void> => {
  switch (write.kind) {
    case 'restore':
      return performing.restore();
    case 'workload':
      return writeWorkload(write, performing);
    case 'replication':
      return writeReplication(write, performing);
  }
};
