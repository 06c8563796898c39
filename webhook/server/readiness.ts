/** One thing that has to be so before API servers may ask; `why` is one clause. */
export type ReadinessCheck = {
  readonly name: string;
  readonly result: { readonly ok: true } | { readonly ok: false; readonly why: string };
};

/** Looks at everything now. */
export type Readiness = () => Promise<readonly ReadinessCheck[]>;

/** Whether nothing is missing. */
export const isReady = (checks: readonly ReadinessCheck[]): boolean =>
  checks.every(({ result }) => result.ok);

/** One line per check and one of the outcome, in the form that API servers have for `/readyz?verbose`. */
export const renderReadiness = (checks: readonly ReadinessCheck[]): string => {
  const lines = checks.map(({ name, result }) =>
    result.ok ? `[+]${name} ok` : `[-]${name} failed: ${result.why}`,
  );
  return [...lines, `readyz check ${isReady(checks) ? 'passed' : 'failed'}`].join('\n');
};

/** What `/readyz` answers: `ok`, or each check where one fails or `verbose` is asked for. */
export const answerReadiness = async (
  look: Readiness,
  isVerbose: boolean,
): Promise<{ status: 200 | 503; body: string }> => {
  const checks = await look();
  if (!isReady(checks)) return { status: 503, body: renderReadiness(checks) };
  return { status: 200, body: isVerbose ? renderReadiness(checks) : 'ok' };
};
