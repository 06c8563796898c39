import { DrError } from '../../core/model/error.ts';
import { type PlanDocument, planVersion } from '../../core/plan/plan-document.ts';
import { oneLine } from '../../core/rules/one-line.ts';
import { whyFileFailed } from '../backup/file-failure.ts';
import { readTextFile } from '../restore/read-text.ts';

const invalid = (path: string, why: string): DrError =>
  new DrError({
    code: 'PlanInvalid',
    message: `${oneLine(path)} is no plan: ${why}`,
    hint: 'make one: kubectl dr plan VERB -o json > FILE',
  });

const isKey = (value: unknown): boolean => {
  const { namespace, name } = (value ?? {}) as Record<string, unknown>;
  return typeof namespace === 'string' && typeof name === 'string';
};

/** Why a document cannot be a plan; undefined where it can. */
const planFault = (document: unknown): string | undefined => {
  if (typeof document !== 'object' || document === null) return 'it holds no object';
  const plan = document as Partial<Record<keyof PlanDocument, unknown>>;
  if (plan.kind !== 'Plan' || plan.apiVersion !== planVersion)
    return `it is not of kind Plan, ${planVersion}`;
  for (const field of ['volumes', 'workloads', 'steps'] as const)
    if (!Array.isArray(plan[field])) return `${field} is no list`;
  const volumes = plan.volumes as { source?: unknown; target?: unknown }[];
  if (!volumes.every(({ source, target }) => isKey(source) && isKey(target)))
    return 'a volume names no claim';
  return typeof plan.to === 'string' && typeof plan.from === 'string' ? undefined : 'it names no sites';
};

/** Reads a plan that was kept, as JSON or YAML. Throws a `DrError` where it is none. */
export const readPlan = async (path: string, signal: AbortSignal): Promise<PlanDocument> => {
  let text: string;
  try {
    text = await readTextFile(path, signal);
  } catch (error) {
    if (error instanceof DrError) throw error;
    throw invalid(path, whyFileFailed(error));
  }
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(text);
  } catch {
    throw invalid(path, 'it is neither JSON nor YAML');
  }
  const fault = planFault(document);
  if (fault !== undefined) throw invalid(path, fault);
  return document as PlanDocument;
};
