import yargs, { type InferredOptionTypes } from 'yargs';
import { DrError, messageOf } from '../core/model/error.ts';
import type { SiteFlags } from '../kube/program/connect-sites.ts';
import { parseBindAddress } from '../kube/program/http-endpoints.ts';
import type { ListenAddress } from '../kube/program/listen.ts';
import { durationFlag, invalidFlag, logLevelOf, sayInOneLine } from '../kube/program/read-flags.ts';
import { registerOptions, serveOptions, unregisterOptions } from './flag-tables.ts';
import type { RegistrationOptions, ReviewTarget } from './registration/registration.ts';

/** What `dr-webhook serve` is told, checked. */
export type ServeFlags = SiteFlags & {
  readonly withoutPeer: 'allow' | 'refuse';
  readonly lifecycleOwners: readonly string[];
  readonly maxCacheAgeMs: number;
  readonly namespace: string;
  readonly url: string | undefined;
  readonly service: string;
  readonly bindAddress: ListenAddress;
  /** Undefined: the webhook makes its certificates itself. */
  readonly certificateFiles: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly clientCaFile: string | undefined;
  readonly leaderElection: boolean;
  readonly drainDelayMs: number;
  readonly metricsBindAddress: string;
  readonly healthProbeBindAddress: string;
  readonly logLevel: string;
};

/** What `dr-webhook register` is told, checked. */
export type RegisterFlags = Pick<SiteFlags, 'kubeconfig' | 'context'> &
  RegistrationOptions & { readonly waitMs: number; readonly dryRun: boolean };

/** What `dr-webhook unregister` is told. */
export type UnregisterFlags = Pick<SiteFlags, 'kubeconfig' | 'context'> & { readonly dryRun: boolean };

/** A command line, checked. */
export type WebhookCommand =
  | { readonly command: 'serve'; readonly flags: ServeFlags }
  | { readonly command: 'register'; readonly flags: RegisterFlags }
  | { readonly command: 'unregister'; readonly flags: UnregisterFlags };

const program = 'dr-webhook';

const invalid = (message: string): DrError => invalidFlag(program, message);

const urlOf = (text: string | undefined): string | undefined => {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (url?.protocol !== 'https:' || !isPlain) throw invalid(`--url: "${text}" is not https://host:port`);
  return text;
};

const bindAddressOf = (text: string): ServeFlags['bindAddress'] => {
  const address = parseBindAddress('bind-address', text);
  if (address === undefined) throw invalid('--bind-address: the webhook has to listen somewhere');
  return address;
};

const certificateFilesOf = (
  certFile: string | undefined,
  keyFile: string | undefined,
): ServeFlags['certificateFiles'] => {
  if (certFile !== undefined && keyFile !== undefined) return { certFile, keyFile };
  if (certFile === undefined && keyFile === undefined) return undefined;
  throw invalid('--cert-file and --key-file go together');
};

const isOption = (name: string): boolean =>
  [serveOptions, registerOptions, unregisterOptions].some((table) => Object.hasOwn(table, name));

/** yargs makes a list of a flag that is given twice, and an empty text of one without a value. */
const checkTexts = <T extends object>(flags: T): T => {
  const lists = ['lifecycle-owner', 'own-account'];
  for (const [name, value] of Object.entries(flags)) {
    if (!isOption(name)) continue;
    if (Array.isArray(value) && !lists.includes(name)) throw invalid(`--${name} is given more than once`);
    const texts = Array.isArray(value) ? value : [value];
    if (texts.includes('') && !name.endsWith('-bind-address')) throw invalid(`--${name} is empty`);
  }
  return flags;
};

const targetOf = (flags: { url: string | undefined; namespace: string; service: string }): ReviewTarget => {
  const url = urlOf(flags.url);
  return url === undefined ? { service: { namespace: flags.namespace, name: flags.service } } : { url };
};

const toServeFlags = (flags: InferredOptionTypes<typeof serveOptions>): ServeFlags => ({
  kubeconfig: flags.kubeconfig,
  context: flags.context,
  peerKubeconfig: flags['peer-kubeconfig'],
  peerContext: flags['peer-context'],
  withoutPeer: flags['without-peer'],
  lifecycleOwners: flags['lifecycle-owner'],
  maxCacheAgeMs: durationFlag(program, 'max-cache-age', flags['max-cache-age']),
  namespace: flags.namespace,
  url: urlOf(flags.url),
  service: flags.service,
  bindAddress: bindAddressOf(flags['bind-address']),
  certificateFiles: certificateFilesOf(flags['cert-file'], flags['key-file']),
  clientCaFile: flags['client-ca-file'],
  leaderElection: flags['leader-election'],
  drainDelayMs: durationFlag(program, 'drain-delay', flags['drain-delay']),
  metricsBindAddress: flags['metrics-bind-address'],
  healthProbeBindAddress: flags['health-probe-bind-address'],
  logLevel: logLevelOf(flags['log-level'], flags.v),
});

const toRegisterFlags = (flags: InferredOptionTypes<typeof registerOptions>): RegisterFlags => ({
  kubeconfig: flags.kubeconfig,
  context: flags.context,
  target: targetOf(flags),
  guardPolicy: flags['guard-policy'],
  namespace: flags.namespace,
  ownAccounts: flags['own-account'],
  waitMs: durationFlag(program, 'wait', flags.wait),
  dryRun: flags['dry-run'],
});

const toUnregisterFlags = (flags: InferredOptionTypes<typeof unregisterOptions>): UnregisterFlags => ({
  kubeconfig: flags.kubeconfig,
  context: flags.context,
  dryRun: flags['dry-run'],
});

const sentences = {
  serve: 'Answers admission reviews: refuses what could lose data, mends what was restored, and advises',
  register: 'Has the API server ask the webhook; again and again changes nothing',
  unregister: 'Has the API server ask nobody any more; to be done before the webhook is removed',
} as const;

/** The commands and their flags; what was asked for is handed over while yargs parses. */
const createParser = (version: string, take: (command: WebhookCommand) => void) =>
  yargs()
    .scriptName(program)
    .command(
      ['serve', '$0'],
      sentences.serve,
      (command) => command.options(serveOptions),
      (flags) => take({ command: 'serve', flags: toServeFlags(checkTexts(flags)) }),
    )
    .command(
      'register',
      sentences.register,
      (command) => command.options(registerOptions),
      (flags) => take({ command: 'register', flags: toRegisterFlags(checkTexts(flags)) }),
    )
    .command(
      'unregister',
      sentences.unregister,
      (command) => command.options(unregisterOptions),
      (flags) => take({ command: 'unregister', flags: toUnregisterFlags(checkTexts(flags)) }),
    )
    .strict()
    .parserConfiguration({ 'boolean-negation': false })
    .version(version)
    .wrap(110)
    .exitProcess(false)
    .fail((message, error) => {
      throw error instanceof DrError ? error : invalid(sayInOneLine(message ?? messageOf(error)));
    });

/**
 * Parses the arguments after the program's name; undefined when help or version was printed. Without a command it is `serve`.
 * Throws `FlagInvalid` for what cannot be honoured, unknown commands and flags among it.
 */
export const parseCommand = async (
  args: readonly string[],
  { version, print }: { version: string; print: (text: string) => void },
): Promise<WebhookCommand | undefined> => {
  let printed = '';
  let parsed: WebhookCommand | undefined;
  const parser = createParser(version, (command) => {
    parsed = command;
  });
  await parser.parseAsync(args, {}, (_error: unknown, _argv: unknown, output: string) => {
    printed = output;
  });
  if (printed === '') return parsed;
  print(`${printed}\n`);
  return undefined;
};
