import type { ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';
import type { OperationFlags } from './operation-flags.ts';
import { type PlanFormat, runOperation } from './run-operation.ts';

/** The flags of `kubectl dr plan` as parsed. */
export type PlanFlags = Omit<OperationFlags, 'output'> & { verb: string; output?: string };

const verbs = ['relocate', 'failover', 'failback'] as const;

const formats: readonly string[] = ['wide', 'json', 'yaml'];

/** `kubectl dr plan VERB …`: the steps, and nothing is changed. */
export const runPlan = async ({ output, ...flags }: PlanFlags, io: Io): Promise<ExitCode> => {
  const verb = verbs.find((it) => it === flags.verb);
  if (verb === undefined) throw usageError(`there is no plan of ${flags.verb}`, `give ${verbs.join(', ')}`);
  const format = output !== undefined && formats.includes(output) ? (output as PlanFormat) : 'table';
  return runOperation(verb, flags, io, { format });
};
