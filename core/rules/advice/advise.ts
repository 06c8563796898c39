import type { AdviceFacts } from '../advice-facts.ts';
import type { AdviceCode } from '../rule-code.ts';
import type { Finding } from '../verdict.ts';
import { autoResyncOnPlannedMove } from './auto-resync-on-planned-move.ts';
import { classWithoutSchedule } from './class-without-schedule.ts';
import { classesDiffer } from './classes-differ.ts';
import { lateSync } from './late-sync.ts';
import { noBackup } from './no-backup.ts';
import { noPeer } from './no-peer.ts';

/** One piece of advice: its text, or undefined where there is nothing to say or not enough is known. */
type Rule = (facts: AdviceFacts) => string | undefined;

/** In the order of what is printed. */
const rules: readonly (readonly [AdviceCode, Rule])[] = [
  ['DR303', lateSync],
  ['DR306', autoResyncOnPlannedMove],
  ['DR305', noPeer],
  ['DR301', classWithoutSchedule],
  ['DR302', classesDiffer],
  ['DR304', noBackup],
];

/** Everything there is to warn of, the worst first. Silent about what is unknown, and about what is on its way out. */
export const advise = (facts: AdviceFacts): readonly Finding<AdviceCode>[] =>
  rules.flatMap(([code, rule]) => {
    const message = rule(facts);
    return message === undefined ? [] : [{ code, message }];
  });
