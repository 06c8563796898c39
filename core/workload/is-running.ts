import type { Workload } from './workload.ts';

/** Whether its spec asks for pods: it has to be stopped. */
export const isRunning = ({ hasEnded, size }: Workload): boolean => !hasEnded && size > 0;
