import { parseLoss } from '../../core/consent.ts';
import { parseGoDuration } from '../../core/model/duration.ts';
import { usageError } from '../usage-error.ts';
import type { StepFlags } from './step-flags.ts';

/** What the flags of a step say, checked before any cluster is asked. */
export type StepOptions = {
  readonly dryRun: 'none' | 'client' | 'server';
  readonly timeoutMs: number;
  readonly parallel: number;
  readonly waits: boolean;
  readonly consent: ConsentOptions;
};

/** What a person said about a loss beforehand. */
export type ConsentOptions = {
  readonly yes: boolean;
  /** Milliseconds. */
  readonly accepted: number | 'unknown' | undefined;
  /** As it was typed. */
  readonly acceptedText: string | undefined;
  readonly reason: string | undefined;
  /** The site that this one may be primary beside. */
  readonly besidePrimary?: string | undefined;
};

const parseParallel = (text: string): number => {
  const number = /^\d+$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 256) return number;
  throw usageError(`invalid value "${text}" for --parallel`, 'give a number from 1 to 256');
};

const parseTimeout = (text: string): number => {
  const milliseconds = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (milliseconds !== undefined && milliseconds > 0) return Math.min(milliseconds, 2 ** 31 - 1);
  throw usageError(`invalid value "${text}" for --timeout`, 'give a duration such as 30s or 10m');
};

const parseAccepted = (text: string | undefined): ConsentOptions['accepted'] => {
  if (text === undefined) return undefined;
  const loss = parseLoss(text);
  if (loss !== undefined) return loss;
  throw usageError(
    `invalid value "${text}" for --accept-data-loss`,
    'give a duration such as 15m, or "unknown"',
  );
};

/** Understands the flags of a step. Throws a usage error. */
export const parseStepFlags = (flags: StepFlags): StepOptions => ({
  dryRun: flags['dry-run'] as StepOptions['dryRun'],
  timeoutMs: parseTimeout(flags.timeout),
  parallel: parseParallel(flags.parallel),
  waits: !flags['no-wait'],
  consent: {
    yes: flags.yes ?? false,
    accepted: parseAccepted(flags['accept-data-loss']),
    acceptedText: flags['accept-data-loss'],
    reason: flags.reason,
    besidePrimary: flags['accept-second-primary'],
  },
});
