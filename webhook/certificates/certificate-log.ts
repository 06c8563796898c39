type Fields = Readonly<Record<string, unknown>>;

/** Where certificates tell what becomes of them; a pino logger fits. Keys are never among the fields. */
export type CertificateLog = {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
};
