type Fields = Readonly<Record<string, unknown>>;

/** Where the webhook tells what goes on; a pino logger fits. Objects are never among the fields. */
export type WebhookLog = {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
};
