import type { SiteCertificates } from '../certificates.ts';

/** The API server of one site, and how it fails. */
export interface SiteServer {
  readonly url: string;
  readonly port: number;
  /** Refused: connections are turned away. Hanging: they are taken and never answered. */
  fail(how: 'refuse' | 'hang'): Promise<void>;
  /** Answers again, with everything it had. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

/** What every API server of the sandbox is started with. */
export type SiteServerOptions = {
  site: string;
  /** 0 for any free one. */
  port: number;
  certificates: SiteCertificates;
  /** Where it keeps its files; private. */
  directory: string;
  /** Whether what it holds has to survive a power failure, too. */
  keepsState: boolean;
};
