import { lossesOf } from '../../core/plan/losses-of-move.ts';
import type { MoveGroup } from '../../core/plan/move.ts';
import type { PlanDocument } from '../../core/plan/plan-document.ts';
import type { Doubt } from '../../core/plan/warn-of-move.ts';
import { claimKeyText } from '../../core/protection/claims-of-volume.ts';
import type { Io } from '../io.ts';
import { askLosses, type Losses } from './ask-losses.ts';
import { confirm } from './confirm.ts';
import type { OperationRequest } from './operation-request.ts';
import type { Progress } from './progress/progress.ts';
import { renderPlan } from './render-plan.ts';
import type { Session } from './session.ts';

type Asking = {
  readonly session: Session;
  readonly request: OperationRequest;
  readonly progress: Progress;
  readonly io: Io;
};

/** What is asked about: groups that nothing stands against. */
export type AskedAbout = {
  readonly groups: readonly MoveGroup[];
  readonly plan: PlanDocument;
  readonly doubts: readonly Doubt[];
};

/** What a person gave up, and the groups that may go on with it. */
export type Given = { readonly losses: Losses; readonly groups: readonly MoveGroup[] };

/** Said beforehand; a person who is asked waits for what is on its way. */
const isNothingAwaited = ({ yes, accepted }: OperationRequest['consent']): boolean =>
  yes && accepted === 'unknown';

const nothingGivenUp: Losses = { accepted: new Map(), denied: [] };

const tellDenied = ({ session, progress }: Asking, { denied }: Losses): void => {
  const site = session.facts().sites.target.site.name;
  for (const { volume, need, why } of denied) {
    const [first] = need.obstacles;
    progress.tell({
      type: 'Refused',
      site,
      object: { kind: 'PersistentVolumeClaim', ...volume.target },
      message: first === undefined ? `it would lose ${need.loses}; ${why}` : `${first.message}; ${why}`,
      code: first?.code ?? 'ConsentNeeded',
    });
  }
};

const withoutDenied = (groups: readonly MoveGroup[], { denied }: Losses): readonly MoveGroup[] => {
  const claims = new Set(denied.map(({ volume }) => claimKeyText(volume.source)));
  return groups.filter(({ volumes }) => !volumes.some(({ source }) => claims.has(claimKeyText(source))));
};

/** Where nobody can be asked, what speaks against it decides, unless somebody said yes beforehand. */
const refuseDoubts = ({ session, progress }: Asking, doubts: readonly Doubt[]): void => {
  const site = session.facts().sites.source.site.name;
  for (const { code, message } of doubts)
    progress.tell({ type: 'Refused', site, message: `${message}; to go on all the same: --yes`, code });
};

/**
 * What may be lost is asked for, by name; where nothing is, a person at a terminal is shown the plan and says yes. Undefined: they did
 * not, or nobody can be asked and something speaks against it.
 */
export const askFirst = async (
  asking: Asking,
  { groups, plan, doubts }: AskedAbout,
): Promise<Given | undefined> => {
  const { session, request, io } = asking;
  const facts = session.facts();
  const isAsked = io.isInteractive && !request.consent.yes;
  if (!isAsked && !request.consent.yes && doubts.length > 0) {
    refuseDoubts(asking, doubts);
    return undefined;
  }
  const possible = lossesOf(facts, groups, isNothingAwaited(request.consent));
  if (isAsked) io.stderr.write(`${renderPlan(plan, { wide: false })}\n\n`);
  if (possible.length > 0) {
    const losses = await askLosses(possible, facts, request.consent, io);
    tellDenied(asking, losses);
    return { losses, groups: withoutDenied(groups, losses) };
  }
  if (!isAsked || (await confirm('Go on?', io))) return { losses: nothingGivenUp, groups };
  io.stderr.line('Nothing was changed.');
  return undefined;
};
