import type { Command } from '../command.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';

/** The names of every sandbox's sites, for help and completion. */
const sites = ['cluster-1', 'cluster-2'] as const;

const site = { describe: 'Name of the site', choices: sites };
const claim = { describe: 'Claim whose volume is meant' };
const namespace = textFlag('Namespace of the claim', { alias: 'n', default: 'default' });
const output = textFlag('Output format', { alias: 'o', choices: ['json', 'yaml'] });
const offset = textFlag('First byte', { default: '0' });

const up: Command = {
  usage: 'up',
  summary: 'Start two clusters whose storage mirrors',
  examples: [
    ['kubectl dr sandbox up', 'In the foreground, until Ctrl-C'],
    ['kubectl dr sandbox up --detach --with-example', 'In the background, with a claim to protect'],
    ['kubectl dr sandbox up --detach --clock-factor=60', 'A scheduled minute passes in a second'],
    ['kubectl dr sandbox up --state ~/dr-sandbox', 'Keep everything across restarts'],
  ],
  flags: {
    detach: switchFlag('Return when both sites answer; "sandbox down" ends it', { alias: 'd' }),
    'with-example': switchFlag('Make class, secret and the claim rbd-pvc'),
    embedded: switchFlag('Embedded API servers although etcd and kube-apiserver are installed'),
    'no-controller': switchFlag('Run no replication controller'),
    'no-webhook': switchFlag('Run no admission webhook: unsafe changes are not refused'),
    'clock-factor': textFlag("How many times faster the storage's schedules run", { default: '1' }),
    'pool-ids': textFlag(
      'Ids of the mirrored pool in the two Ceph clusters, as 2,3; else 2,2, so that handles are the same on both sites',
    ),
    'destination-info': switchFlag(
      'Drivers tell what a volume is called on the other site, as ceph-csi is to do (GetReplicationDestinationInfo)',
    ),
    state: textFlag('Directory that keeps everything across restarts'),
    'kubeconfig-out': textFlag('The kubeconfig to write; else ~/.kube/kubectl-dr-sandbox'),
    ports: textFlag('Ports of the two API servers, as 6443,6444; else free ones'),
    output,
    ...commonFlags,
  },
  load: async () => (await import('../sandbox/run-up.ts')).runUp,
};

const down: Command = {
  usage: 'down',
  summary: 'End the sandbox and remove what is left of it',
  examples: [
    ['kubectl dr sandbox down', 'Also removes what a killed sandbox left behind'],
    ['kubectl dr sandbox down -v=1', 'Tell what is ended and removed'],
  ],
  flags: { ...commonFlags },
  load: async () => (await import('../sandbox/run-down.ts')).runDown,
};

const sandboxStatus: Command = {
  usage: 'status',
  summary: 'Show the sites, their controllers and the volumes of their storage',
  examples: [
    ['kubectl dr sandbox status', 'Sites and volumes'],
    ['kubectl dr sandbox status -o json', 'For scripts'],
  ],
  flags: { output, ...commonFlags },
  load: async () => (await import('../sandbox/run-calls.ts')).runSandboxStatus,
};

const fail: Command = {
  usage: 'fail <site>',
  summary: 'Make a site dark: API server unreachable, storage cut off, controller stopped',
  positionals: { site },
  examples: [
    ['kubectl dr sandbox fail cluster-1', 'Connections are refused'],
    ['kubectl dr sandbox fail cluster-1 --hang', 'Connections are taken and never answered'],
  ],
  flags: { hang: switchFlag('Take connections and never answer'), ...commonFlags },
  load: async () => (await import('../sandbox/run-calls.ts')).runFail,
};

const heal: Command = {
  usage: 'heal <site>',
  summary: 'Bring a site back as it was: still believing what it believed',
  positionals: { site },
  examples: [
    ['kubectl dr sandbox heal cluster-1', 'After a failover it is a second primary'],
    ['kubectl dr sandbox heal cluster-2', 'Both sites can be dark at once'],
  ],
  flags: { ...commonFlags },
  load: async () => (await import('../sandbox/run-calls.ts')).runHeal,
};

const link: Command = {
  usage: 'link <state>',
  summary: 'Cut or join the link between the two storages; the clusters stay up',
  positionals: { state: { describe: 'What the link is to be', choices: ['up', 'down'] } },
  examples: [
    ['kubectl dr sandbox link down', 'No snapshot travels: "kubectl dr status" soon says Lagging'],
    ['kubectl dr sandbox link up', 'Mirroring goes on'],
  ],
  flags: { ...commonFlags },
  load: async () => (await import('../sandbox/run-calls.ts')).runLink,
};

const write: Command = {
  usage: 'write <site> <pvc> <text>',
  summary: 'Write text into the volume of a claim, as a pod of that site would',
  positionals: { site, pvc: claim, text: { describe: 'What to write; - reads standard input' } },
  examples: [
    ["kubectl dr sandbox write cluster-1 rbd-pvc 'hello'", 'Refused where the volume is secondary'],
    ['kubectl dr sandbox write cluster-1 rbd-pvc - < file', 'Any bytes'],
  ],
  flags: { namespace, offset, ...commonFlags },
  load: async () => (await import('../sandbox/run-bytes.ts')).runWrite,
};

const read: Command = {
  usage: 'read <site> <pvc>',
  summary: 'Read the volume of a claim on that site; a secondary shows its last whole snapshot',
  positionals: { site, pvc: claim },
  examples: [
    ['kubectl dr sandbox read cluster-2 rbd-pvc', 'Up to the first zero byte'],
    ['kubectl dr sandbox read cluster-2 rbd-pvc --offset=4096 --length=16 | xxd', 'Some bytes'],
  ],
  flags: {
    namespace,
    offset,
    length: textFlag('Number of bytes; else up to the first zero byte'),
    ...commonFlags,
  },
  load: async () => (await import('../sandbox/run-bytes.ts')).runRead,
};

export const sandbox: Command = {
  usage: 'sandbox',
  summary: 'Two clusters with mirrored storage on this machine',
  examples: [
    ['kubectl dr sandbox up --detach --with-example', 'Start it'],
    ['kubectl --kubeconfig ~/.kube/kubectl-dr-sandbox get pvc', 'Look at it'],
    ['kubectl dr sandbox down', 'End it'],
  ],
  flags: {},
  subcommands: [up, down, sandboxStatus, fail, heal, link, write, read],
};
