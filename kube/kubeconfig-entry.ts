/** PEM text, or the absolute path of a file that holds it. */
export type PemSource = { data: string } | { file: string };

/** A named extension of a cluster or context, kept as it stands. */
export type KubeconfigExtension = { name: string; extension: unknown };

export type KubeconfigCluster = {
  name: string;
  server: string | undefined;
  tlsServerName: string | undefined;
  insecureSkipTlsVerify: boolean;
  certificateAuthority: PemSource | undefined;
  proxyUrl: string | undefined;
  disableCompression: boolean;
  extensions: readonly KubeconfigExtension[];
};

/** Whom a request acts as: `as`, `as-uid`, `as-groups`, `as-user-extra` of a user entry, or `--as`, `--as-group`. */
export type Impersonation = {
  user: string | undefined;
  uid: string | undefined;
  groups: readonly string[];
  extra: Readonly<Record<string, readonly string[]>>;
};

export type KubeconfigUser = {
  name: string;
  /** Of the file that the entry came from: a relative exec command is meant from here. */
  directory: string;
  clientCertificate: PemSource | undefined;
  clientKey: PemSource | undefined;
  token: string | undefined;
  tokenFile: string | undefined;
  username: string | undefined;
  password: string | undefined;
  impersonate: Impersonation;
  exec: Readonly<Record<string, unknown>> | undefined;
  authProvider: Readonly<Record<string, unknown>> | undefined;
};

export type KubeconfigContext = {
  name: string;
  cluster: string | undefined;
  user: string | undefined;
  namespace: string | undefined;
  extensions: readonly KubeconfigExtension[];
};
