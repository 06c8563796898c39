import { join } from 'node:path';
import type { SiteCertificates } from '../certificates.ts';
import type { StartChild } from '../child-process.ts';
import { writePrivateFile } from '../write-file.ts';
import { host } from './free-port.ts';
import type { SiteServerOptions } from './site-server.ts';

/** What etcd and kube-apiserver of a site are started with. */
export type RealServerOptions = SiteServerOptions & {
  /** From `findServerBinaries`. */
  binaries: string;
  /** Where sockets are made; short, because a socket's path may hold some 100 characters only. */
  socketDirectory: string;
  logDirectory: string;
  startChild: StartChild;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
};

/** Writes the files that the flags of kube-apiserver name. */
export const writeCertificates = async (directory: string, certificates: SiteCertificates): Promise<void> => {
  const files: [string, string][] = [
    ['ca.crt', certificates.ca],
    ['server.crt', certificates.serverCert],
    ['server.key', certificates.serverKey],
    ['service-account.key', certificates.serviceAccountKey],
    ['service-account.pub', certificates.serviceAccountPublicKey],
  ];
  await Promise.all(files.map(([name, text]) => writePrivateFile(join(directory, name), text)));
};

/** The only member talks to itself alone, so its addresses are names that nobody ever dials. */
const nobodysUrl = 'http://127.0.0.1:1';

/** Unix sockets in a private directory: over TCP, every user of the machine could read and write all of a site. */
export const etcdArgs = (options: RealServerOptions): string[] => [
  `--data-dir=${join(options.directory, 'etcd')}`,
  `--listen-client-urls=unix://${etcdSocket(options)}`,
  `--advertise-client-urls=${nobodysUrl}`,
  `--listen-peer-urls=unix://${join(options.socketDirectory, `${options.site}-etcd-peer.sock`)}`,
  `--initial-advertise-peer-urls=${nobodysUrl}`,
  `--initial-cluster=default=${nobodysUrl}`,
  '--log-level=warn',
  ...(options.keepsState ? [] : ['--unsafe-no-fsync']),
];

const etcdSocket = ({ socketDirectory, site }: RealServerOptions): string =>
  join(socketDirectory, `${site}-etcd.sock`);

/** A kube-apiserver with RBAC and client certificates, and without what needs a kube-controller-manager. */
export const apiServerArgs = (options: RealServerOptions, port: number): string[] => {
  const file = (name: string): string => join(options.directory, name);
  return [
    `--etcd-servers=unix://${etcdSocket(options)}`,
    `--bind-address=${host}`,
    `--advertise-address=${host}`,
    `--secure-port=${port}`,
    `--cert-dir=${options.directory}`,
    `--client-ca-file=${file('ca.crt')}`,
    `--tls-cert-file=${file('server.crt')}`,
    `--tls-private-key-file=${file('server.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-signing-key-file=${file('service-account.key')}`,
    `--service-account-key-file=${file('service-account.pub')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--authorization-mode=RBAC',
    // Nobody makes service accounts here, so pods must do without.
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--shutdown-delay-duration=0s',
  ];
};
