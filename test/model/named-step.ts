// A single step that a refusal names as the next command, made as `kubectl dr demote`, `promote` and `resync` make it.
import { DrError } from '../../core/model/error.ts';
import { decideDemote } from '../../core/step/decide-demote.ts';
import { decidePromote } from '../../core/step/decide-promote.ts';
import { decideResync } from '../../core/step/decide-resync.ts';
import type { Decision } from '../../core/step/decision.ts';
import { describeStep, type StepFacts } from '../../core/step/step-facts.ts';
import { consentText } from '../../plugin/consent/consent-text.ts';
import { writeStep } from '../../plugin/step/write-step.ts';
import type { History } from './move-command.ts';
import { settle, siteNames } from './moving-world.ts';
import { clockOf } from './simulated-operator.ts';
import { otherSite, type SiteNumber } from './simulated-storage.ts';

/** `kubectl dr demote data -n default --context a`. */
export type NamedStep = {
  readonly verb: 'demote' | 'promote' | 'resync';
  readonly namespace: string;
  readonly claim: string;
  readonly site: SiteNumber;
};

/** The step that a text names; undefined where it names none of those. */
export const stepNamedIn = (text: string): NamedStep | undefined => {
  const found = /^kubectl dr (demote|promote|resync) (\S+) -n (\S+) --context (\S+)$/.exec(text);
  if (found === null) return undefined;
  const [, verb = '', claim = '', namespace = '', context = ''] = found;
  const site = siteNames.indexOf(context as (typeof siteNames)[number]);
  if (site === -1) throw new Error(`no site is called so: ${text}`);
  return { verb: verb as NamedStep['verb'], namespace, claim, site: site as SiteNumber };
};

/** How a step went: `next` is what its own refusal names. */
export type StepEnd =
  | { readonly is: 'done' }
  | {
      readonly is: 'refused';
      readonly codes: readonly string[];
      readonly says: string;
      readonly next?: string;
    };

const decide = ({ verb }: NamedStep, facts: StepFacts, now: number): Decision => {
  switch (verb) {
    case 'demote':
      return decideDemote(facts, { now });
    case 'promote':
      return decidePromote(facts, { className: undefined, now });
    case 'resync':
      return decideResync(facts, { now });
  }
};

const refusal = (decision: Extract<Decision, { kind: 'refuse' }>): StepEnd => {
  const [first] = decision.obstacles;
  const codes = decision.obstacles.map(({ code }) => code);
  const next = decision.obstacles.find((obstacle) => obstacle.next !== undefined)?.next;
  return {
    is: 'refused',
    codes,
    says: `${first?.code}: ${first?.message}`,
    ...(next !== undefined && { next }),
  };
};

/** Makes a step, accepts what it may cost, and lets both controllers act on it. */
export const takeNamedStep = async (history: History, step: NamedStep): Promise<StepEnd> => {
  const { world, operators } = history;
  const [operator] = operators;
  for (const seen of operator.seen) seen.lookAnew();
  const here = operator.seen[step.site].live;
  const shown = [here.show([]), operator.seen[otherSite(step.site)].live.show([])] as const;
  if (!shown[0].view.known) return { is: 'refused', codes: [], says: shown[0].view.why };
  const pair = { here: { site: shown[0].site, view: shown[0].view.value }, there: shown[1] };
  const now = clockOf(world, operator);
  const decision = decide(step, describeStep(pair, { namespace: step.namespace, name: step.claim }), now);
  if (decision.kind === 'refuse') return refusal(decision);
  if (decision.kind === 'write') {
    const { consent: need } = decision;
    const accepted = { maxLoss: 'unknown', by: operator.name, reason: undefined };
    const consent = need && consentText({ accepts: need.accepts, seen: need.seen, ...accepted }, now);
    try {
      const signal = new AbortController().signal;
      await writeStep(here.site, decision.writes, { consent, dryRun: false, signal });
    } catch (error) {
      if (!(error instanceof DrError)) throw error;
      return { is: 'refused', codes: [error.code], says: error.message };
    }
  }
  for (let round = 0; round < 6; round += 1) await settle(world, 15_000);
  return { is: 'done' };
};
