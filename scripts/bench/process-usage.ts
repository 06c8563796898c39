import { readFileSync } from 'node:fs';

/** Kernel clock ticks in a second: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Resident memory of a process in bytes (Linux). */
export const residentBytes = (pid: number): number => {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) * 1024;
};

/** Processor time a process has used so far, in milliseconds (Linux). */
export const processorMilliseconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name may hold spaces; fields are counted behind its closing bracket.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1000;
};
