import type { Agent, RequestOptions } from 'node:https';
import { isAbsolute, join } from 'node:path';
import { DrError, messageOf } from '../core/model/error.ts';
import { type CredentialSource, type Credentials, fileCredentials } from './credentials.ts';
import type { ResolvedContext } from './kubeconfig.ts';

/** How long credentials from a plugin are used before it is asked again; it keeps its own cache until they expire. */
const credentialLifetimeMs = 30_000;

const unsupported = (user: string, what: string, hint: string): DrError =>
  new DrError({ code: 'CredentialsUnsupported', message: `user "${user}" of the kubeconfig ${what}`, hint });

/** The exec entry as client-node takes it, with what it leaves out: cluster information and a relative command. */
const execOf = ({ cluster, user }: ResolvedContext): Record<string, unknown> | undefined => {
  const { exec } = user;
  if (exec === undefined) return undefined;
  const command = String(exec['command'] ?? '');
  if (command === '')
    throw unsupported(user.name, 'has an exec entry without a command', 'correct the kubeconfig');
  if (exec['interactiveMode'] === 'Always') {
    throw unsupported(
      user.name,
      `needs a terminal (interactiveMode: Always of ${command})`,
      'log in with another user entry',
    );
  }
  const info = {
    kind: 'ExecCredential',
    apiVersion: exec['apiVersion'],
    spec: {
      interactive: false,
      ...(exec['provideClusterInfo'] === true
        ? {
            cluster: {
              server: cluster.server,
              'tls-server-name': cluster.tlsServerName,
              'insecure-skip-tls-verify': cluster.insecureSkipTlsVerify,
            },
          }
        : {}),
    },
  };
  const given = Array.isArray(exec['env']) ? exec['env'] : [];
  const isRelativePath = command.includes('/') && !isAbsolute(command);
  return {
    ...exec,
    command: isRelativePath ? join(user.directory, command) : command,
    args: Array.isArray(exec['args']) ? exec['args'] : [],
    env: [...given, { name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(info) }],
  };
};

const checkProvider = ({ user }: ResolvedContext): void => {
  const name = user.authProvider?.['name'];
  if (name === undefined || name === 'oidc') return;
  throw unsupported(
    user.name,
    `uses auth-provider ${String(name)}, which Kubernetes removed`,
    'use the exec plugin that replaced it (kubelogin, gke-gcloud-auth-plugin …)',
  );
};

/** What the kubeconfig says about how to get the tool. */
const installHint = (exec: Record<string, unknown> | undefined): string | undefined => {
  const hint = exec?.['installHint'];
  return typeof hint === 'string' && hint.trim() !== '' ? firstLine(hint) : undefined;
};

const toolMissing = (user: string, exec: Record<string, unknown>, error: unknown): DrError => {
  const command = String(exec['command']);
  const where = command.includes('/') ? 'does not exist' : 'is not on PATH';
  const install = installHint(exec);
  return new DrError({
    code: 'CredentialPluginFailed',
    message: `credentials of user "${user}" could not be had: ${command} ${where}${install === undefined ? '' : `; ${install}`}`,
    hint: install ?? 'install it, or use another user of the kubeconfig',
    cause: error,
  });
};

const isMissing = (error: unknown): boolean => /\bENOENT\b/.test(messageOf(error));

const pluginFailed = (user: string, command: unknown, error: unknown): DrError =>
  new DrError({
    code: 'CredentialPluginFailed',
    message: `credentials of user "${user}" could not be had from ${String(command)}: ${firstLine(messageOf(error))}`,
    hint: 'run the same command by hand, or log in again',
    cause: error,
  });

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? '';

/** client-node makes its agents for one request after the other; ours serve many at a time. */
const widen = (agent: Agent | undefined, maxSockets: number): Agent | undefined => {
  if (agent === undefined) return undefined;
  Object.assign(agent, { keepAlive: true, keepAliveMsecs: 30_000, maxSockets });
  return agent;
};

/**
 * Credentials that client-node knows to get: exec plugins, OIDC, and connections through proxies. Loaded only when the user
 * entry or a proxy asks for it: client-node takes ten times longer to load than a request to answer.
 */
export const pluginCredentials = (
  resolved: ResolvedContext,
  options: { proxyUrl: string | undefined; maxSockets: number; now: () => number },
): CredentialSource => {
  const { cluster, user } = resolved;
  const inFile = fileCredentials(resolved, options.now);
  let held: { since: number; credentials: Promise<Credentials> } | undefined;

  const fetchCredentials = async (): Promise<Credentials> => {
    checkProvider(resolved);
    const exec = execOf(resolved);
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js');
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [
        {
          name: cluster.name,
          server: cluster.server,
          // client-node refuses http without it; TLS itself is verified with our own material below.
          skipTLSVerify: cluster.insecureSkipTlsVerify || cluster.server.startsWith('http:'),
          ...(options.proxyUrl === undefined ? {} : { proxyUrl: options.proxyUrl }),
        },
      ],
      users: [{ name: user.name, exec, authProvider: user.authProvider }],
      contexts: [{ name: 'chosen', cluster: cluster.name, user: user.name }],
      currentContext: 'chosen',
    });
    const { tls, headers: fromFile } = await inFile.current();
    const request: RequestOptions = { ...tls };
    try {
      await config.applyToHTTPSOptions(request);
    } catch (error) {
      if (exec !== undefined && isMissing(error)) throw toolMissing(user.name, exec, error);
      throw pluginFailed(user.name, exec?.['command'] ?? user.authProvider?.['name'], error);
    }
    const agent =
      options.proxyUrl === undefined ? undefined : widen(request.agent as Agent, options.maxSockets);
    const headers = { ...fromFile, ...((request.headers ?? {}) as Record<string, string>) };
    const issued = {
      ...(request.cert == null ? {} : { cert: request.cert as string }),
      ...(request.key == null ? {} : { key: request.key as string }),
    };
    return { tls: { ...tls, ...issued }, headers, ...(agent === undefined ? {} : { agent }) };
  };

  /** The same TLS material keeps its identity, so that connections are used again. */
  const settle = async (before: Promise<Credentials> | undefined): Promise<Credentials> => {
    const fresh = await fetchCredentials();
    const old = await before?.catch(() => undefined);
    const same = old !== undefined && JSON.stringify(old.tls) === JSON.stringify(fresh.tls);
    return same
      ? { ...fresh, tls: old.tls, ...(old.agent === undefined ? {} : { agent: old.agent }) }
      : fresh;
  };

  return {
    current: () => {
      if (held === undefined || options.now() - held.since > credentialLifetimeMs) {
        held = { since: options.now(), credentials: settle(held?.credentials) };
        held.credentials.catch(() => {
          held = undefined;
        });
      }
      return held.credentials;
    },
    renew: () => {
      held = undefined;
      return inFile.renew() || user.exec !== undefined || user.authProvider !== undefined;
    },
  };
};
