import type { ProgramLog } from '../kube/program/log.ts';

/** Where the webhook tells what goes on. Objects are never among the fields. */
export type WebhookLog = ProgramLog;
