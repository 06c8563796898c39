/** Key of the mark. */
export const parkedMarkKey = 'kubectl-dr.dev/parked';

/**
 * On a CronJob or Job that we suspended: one that was suspended before does not have it, and stays so. As a label of nodes, which none
 * carries, it keeps a DaemonSet from having pods.
 */
export const parkedMark = { [parkedMarkKey]: 'true' } as const;
