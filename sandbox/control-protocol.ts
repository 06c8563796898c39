/** How a sandbox is set up. Plain data: it travels to a process of its own as JSON. */
export type SandboxSettings = {
  /** Of the two API servers; 0 for any free one. */
  ports: readonly [number, number];
  /** The embedded API servers although real ones are installed. */
  embedded: boolean;
  /** Whether each site runs its replication controller. */
  controller: boolean;
  /** Whether each site runs its admission webhook. */
  webhook: boolean;
  /** Whether class, secret and claim of the first steps are made. */
  example: boolean;
  /** How many times faster the storage's schedules run than the clock on the wall. */
  clockFactor: number;
  /** Ids of the mirrored pool on each site, as handles name them. */
  poolIds: readonly [number, number];
  /** Whether the drivers tell what a volume is called on the other site. */
  destinationInfo: boolean;
  /** Where everything is kept across restarts; nothing is kept where left out. */
  stateDirectory?: string;
  /** The kubeconfig that is written; `~/.kube/kubectl-dr-sandbox` where left out. */
  kubeconfigOut?: string;
};

/** The sites of every sandbox, named as their contexts are. */
export const siteNames = ['cluster-1', 'cluster-2'] as const;
export type SandboxSite = (typeof siteNames)[number];

/** The default settings. */
export const defaultSettings: SandboxSettings = {
  ports: [0, 0],
  embedded: false,
  controller: true,
  webhook: true,
  example: false,
  clockFactor: 1,
  poolIds: [2, 2],
  destinationInfo: false,
};

/** A volume as the storage of one site has it. */
export type VolumeStatus = {
  volumeHandle: string;
  sizeBytes: number;
  role: 'primary' | 'secondary' | 'none';
  /** `namespace/name` of the claim that the site binds to it. */
  claim?: string;
  /** RFC 3339: of the last whole mirror snapshot there, taken or received. */
  snapshotAt?: string;
};

export type SiteStatus = {
  name: SandboxSite;
  context: string;
  url: string;
  port: number;
  state: 'starting' | 'up' | 'refusing' | 'hanging';
  /** The replication controller: `off` when the sandbox was started without. */
  controller: { state: 'running'; pid: number } | { state: 'restarting' | 'stopped' | 'off' };
  /** The admission webhook: `running` once it answers, `off` when the sandbox was started without. */
  webhook: { state: 'running'; pid: number } | { state: 'starting' | 'restarting' | 'stopped' | 'off' };
  volumes: VolumeStatus[];
};

/** All of a running sandbox. */
export type SandboxStatus = {
  pid: number;
  /** RFC 3339. */
  startedAt: string;
  servers: 'embedded' | 'kube-apiserver';
  kubeconfig: string;
  runDirectory: string;
  stateDirectory?: string;
  clockFactor: number;
  /** Whether the storages reach each other. */
  link: 'up' | 'down';
  sites: SiteStatus[];
};

export type FailRequest = { site: string; hang?: boolean };
export type HealRequest = { site: string };
export type LinkRequest = { up: boolean };
export type ClaimRequest = { site: string; namespace: string; claim: string };
export type WriteRequest = ClaimRequest & { offset: number; base64: string };
export type WriteAnswer = { volumeHandle: string; offset: number; bytes: number };
/** Without a length: up to the first zero byte, as text written before ends there. */
export type ReadRequest = ClaimRequest & { offset: number; length?: number };
export type ReadAnswer = {
  volumeHandle: string;
  base64: string;
  role: VolumeStatus['role'];
  /** RFC 3339; a secondary shows its last whole snapshot. */
  snapshotAt?: string;
};

/** The calls of the control socket: `POST /<name>` with a JSON body, answered with JSON. */
export type ControlCalls = {
  status: { request: Record<string, never>; answer: SandboxStatus };
  fail: { request: FailRequest; answer: SandboxStatus };
  heal: { request: HealRequest; answer: SandboxStatus };
  link: { request: LinkRequest; answer: SandboxStatus };
  write: { request: WriteRequest; answer: WriteAnswer };
  read: { request: ReadRequest; answer: ReadAnswer };
  /** Answered before the sandbox ends. */
  down: { request: Record<string, never>; answer: { pid: number } };
};
export type ControlCall = keyof ControlCalls;

/** What a failed call is answered with. */
export type ControlFailure = { code: string; message: string; hint?: string };

/** Bytes that one write or read may carry. */
export const largestTransfer = 64 * 1024 * 1024;
