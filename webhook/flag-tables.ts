import { logOptions } from '../kube/program/read-flags.ts';

/** Flags that all commands have. */
export const clusterOptions = {
  kubeconfig: {
    type: 'string',
    describe: 'Kubeconfig file; in a pod its service account is used without one',
  },
  context: { type: 'string', describe: 'Kubeconfig context' },
} as const;

const namespace = {
  type: 'string',
  default: 'kubectl-dr',
  describe: "The webhook's own namespace, which it never judges",
} as const;

const url = {
  type: 'string',
  describe: 'https://host:port at which API servers reach the webhook where no Service leads to it',
} as const;

const service = {
  type: 'string',
  default: 'dr-webhook',
  describe: 'The Service in --namespace that leads to the webhook',
} as const;

/** Flags of `dr-webhook serve`. */
export const serveOptions = {
  ...clusterOptions,
  'peer-kubeconfig': { type: 'string', describe: 'Kubeconfig of the other site' },
  'peer-context': {
    type: 'string',
    describe: 'Context of the other site (in --kubeconfig without --peer-kubeconfig)',
  },
  'without-peer': {
    type: 'string',
    choices: ['allow', 'refuse'] as const,
    default: 'allow' as const,
    describe:
      'What becomes of a promote where no peer is configured: allow as kubernetes-csi-addons does, or refuse',
  },
  'lifecycle-owner': {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe:
      'User name that may delete what is protected (DR110, DR111), such as an orchestrator; may be repeated',
  },
  'max-cache-age': {
    type: 'string',
    default: '3m',
    describe: 'What a cache knows that has not heard of the API server for so long counts as unknown',
  },
  namespace,
  url,
  service,
  'bind-address': {
    type: 'string',
    default: '0.0.0.0:9443',
    describe: 'host:port of the webhooks, over TLS',
  },
  'cert-file': {
    type: 'string',
    describe: 'Certificate in PEM that somebody else keeps; reloaded on change',
  },
  'key-file': { type: 'string', describe: 'Key of --cert-file in PEM' },
  'client-ca-file': { type: 'string', describe: 'CA in PEM; API servers must show a certificate of it' },
  'leader-election': {
    type: 'boolean',
    default: true,
    describe: 'Only the holder of a Lease makes certificates; false where there is one process',
  },
  'drain-delay': {
    type: 'string',
    default: '10s',
    describe: 'How long to go on serving after SIGTERM, until API servers have turned to others',
  },
  'metrics-bind-address': { type: 'string', default: '0', describe: 'host:port of /metrics; 0 for none' },
  'health-probe-bind-address': {
    type: 'string',
    default: '0',
    describe: 'host:port of /healthz and /readyz without TLS; 0 for none, they are beside the webhooks too',
  },
  ...logOptions,
} as const;

/** Flags of `dr-webhook register`. */
export const registerOptions = {
  ...clusterOptions,
  namespace,
  url,
  service,
  'guard-policy': {
    type: 'string',
    choices: ['Fail', 'Ignore'] as const,
    default: 'Fail' as const,
    describe: 'What becomes of a dangerous change while the webhook does not answer: refused, or let in',
  },
  'own-account': {
    type: 'string',
    array: true,
    nargs: 1,
    default: [] as string[],
    describe: 'User name that is never judged; none is where none is given; may be repeated',
  },
  wait: {
    type: 'string',
    default: '60s',
    describe: 'How long the guard may take to answer before it is set to Fail',
  },
  'dry-run': { type: 'boolean', default: false, describe: 'Have the API server check it, and store nothing' },
} as const;

/** Flags of `dr-webhook unregister`. */
export const unregisterOptions = {
  ...clusterOptions,
  'dry-run': registerOptions['dry-run'],
} as const;
