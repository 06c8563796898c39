import type { ProgramLog } from '../kube/program/log.ts';

/** Where the controller tells what goes on. */
export type ControllerLog = ProgramLog;
