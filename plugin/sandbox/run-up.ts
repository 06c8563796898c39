import { resolve } from 'node:path';
import type { SandboxSettings, SandboxStatus } from '../door/sandbox.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import type { CommonFlags } from '../flags/common-flags.ts';
import type { Io } from '../io.ts';
import { usageError } from '../usage-error.ts';

type UpFlags = CommonFlags & {
  detach?: boolean;
  'with-example'?: boolean;
  embedded?: boolean;
  'no-controller'?: boolean;
  'no-webhook'?: boolean;
  'clock-factor': string;
  'pool-ids'?: string;
  'destination-info'?: boolean;
  state?: string;
  'kubeconfig-out'?: string;
  ports?: string;
  output?: string;
};

const parseClockFactor = (text: string): number => {
  const factor = Number(text);
  if (!(factor > 0) || !Number.isFinite(factor))
    throw usageError(`invalid value "${text}" for --clock-factor`, 'give a number above 0');
  return factor;
};

const parsePorts = (text: string): [number, number] => {
  const [first, second, ...more] = text.split(',').map(Number);
  const isPort = (port: number | undefined): port is number =>
    port !== undefined && Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (!isPort(first) || !isPort(second) || more.length > 0 || (first === second && first !== 0))
    throw usageError(`invalid value "${text}" for --ports`, 'give two different ports, as 6443,6444');
  return [first, second];
};

/** A pool id has 64 bits in a handle; nobody counts that far. */
const parsePoolIds = (text: string): [number, number] => {
  const [first, second, ...more] = text.split(',').map(Number);
  const isId = (id: number | undefined): id is number =>
    id !== undefined && Number.isSafeInteger(id) && id > 0;
  if (!isId(first) || !isId(second) || more.length > 0)
    throw usageError(`invalid value "${text}" for --pool-ids`, 'give the ids of both sites, as 2,3');
  return [first, second];
};

const settingsOf = (flags: UpFlags): Partial<SandboxSettings> => ({
  embedded: flags.embedded ?? false,
  controller: !flags['no-controller'],
  webhook: !flags['no-webhook'],
  example: flags['with-example'] ?? false,
  clockFactor: parseClockFactor(flags['clock-factor']),
  destinationInfo: flags['destination-info'] ?? false,
  ...(flags['pool-ids'] !== undefined && { poolIds: parsePoolIds(flags['pool-ids']) }),
  ...(flags.ports !== undefined && { ports: parsePorts(flags.ports) }),
  ...(flags.state !== undefined && { stateDirectory: resolve(flags.state) }),
  ...(flags['kubeconfig-out'] !== undefined && { kubeconfigOut: resolve(flags['kubeconfig-out']) }),
});

/** What a person does next, with the names of this sandbox. */
export const welcomeText = ({ sites, kubeconfig, servers }: SandboxStatus, isDetached: boolean): string =>
  [
    ...sites.map(({ name, url }) => `${name} answers at ${url} (${servers})`),
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    `  kubectl --context ${sites[0]?.name} get pvc,vr -A`,
    '  kubectl dr status -A',
    '',
    isDetached ? 'End it with: kubectl dr sandbox down' : 'End it with Ctrl-C.',
    '',
  ].join('\n');

/** `kubectl dr sandbox up`. */
export const runUp = async (flags: UpFlags, io: Io): Promise<ExitCode> => {
  const settings = settingsOf(flags);
  const { openSandboxDoor } = await import('../door/sandbox.ts');
  const { formatDocument } = await import('../output/document.ts');
  const door = openSandboxDoor(io, flags.v);
  const isDetached = flags.detach ?? false;
  const welcome = async (status: SandboxStatus): Promise<void> =>
    io.stdout.write(
      flags.output === undefined
        ? welcomeText(status, isDetached)
        : await formatDocument(status, flags.output),
    );
  if (isDetached) await welcome(await door.startDetached(settings));
  else {
    let welcomed: Promise<void> | undefined;
    await door.run(settings, (status) => {
      welcomed = welcome(status);
    });
    await welcomed;
  }
  return exitCode.ok;
};
