import type { Command } from '../command.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { listFlag, switchFlag, textFlag } from '../flags/flag.ts';
import { handleMapFlag } from '../restore/handle-map-flag.ts';

const choosing = 'What is restored';
const changing = 'How it differs';

export const restore: Command = {
  usage: 'restore [source..]',
  summary: 'Bring claims and their volumes back on the other site, in order, until they are bound',
  positionals: {
    source: {
      describe:
        'A backup, a directory of backups (the newest whole one is taken), manifests as kubectl prints them, a directory of those, or - for standard input',
      array: true,
    },
  },
  flags: {
    to: textFlag('Context of the site to restore to; else the peer of the current one'),
    pvc: listFlag('Restore this claim and what it needs; may be repeated', { group: choosing }),
    selector: textFlag('Restore the claims with these labels, such as app=db,tier!=test', {
      alias: 'l',
      group: choosing,
    }),
    namespace: textFlag('Restore this namespace of the source; else all', { alias: 'n', group: choosing }),
    'with-workloads': switchFlag('Restore workloads too, at zero replicas or suspended', { group: choosing }),
    'map-namespace': listFlag('OLD=NEW: restore into another namespace; may be repeated', {
      group: changing,
    }),
    'map-storage-class': listFlag('OLD=NEW: use another StorageClass; may be repeated', { group: changing }),
    'map-volume-handle': handleMapFlag(changing),
    transform: textFlag('File with rules that change objects: see docs/restore.md', { group: changing }),
    'claim-ref': textFlag(
      'reserve: a PV is for its claim alone; remove: for whichever claim takes it first',
      { choices: ['reserve', 'remove'], default: 'reserve', group: changing },
    ),
    existing: textFlag(
      'Objects that are there already. fail: stop; verify: those that match are done; update: bring labels, annotations and requests',
      { choices: ['fail', 'verify', 'update'], default: 'verify' },
    ),
    'dry-run': textFlag('client: show what would be done; server: have the server try it', {
      choices: ['none', 'client', 'server'],
      default: 'none',
    }),
    timeout: textFlag('How long to wait for claims to be bound', { default: '5m' }),
    parallel: textFlag('Volumes written at the same time', { default: '16' }),
    output: textFlag('Output format', { alias: 'o', choices: ['json', 'name'] }),
    ...clusterFlags,
    ...commonFlags,
  },
  examples: [
    [
      'kubectl dr restore ./backups --to cluster-2 --dry-run=client',
      'Show what the newest backup would bring',
    ],
    ['kubectl dr restore ./backups --to cluster-2', 'Restore it, and wait until every claim is bound'],
    [
      'kubectl --context cluster-1 get pvc,pv -A -o yaml | kubectl dr restore - --to cluster-2 -n shop',
      'Without a backup, while the first site still answers',
    ],
    [
      'kubectl dr restore db-pv.yaml db-pvc.yaml --to cluster-2 --map-namespace shop=drill',
      'Some manifests, into another namespace',
    ],
  ],
  epilogue: [
    'All that stands against a restore is found before the first write, and listed. What was interrupted goes on when it is run again.',
    'Exit codes: 0 all claims are bound; 1 nothing was restored; 2 usage; 5 not bound in time, run it again; 6 some were restored.',
  ].join('\n\n'),
  load: async () => (await import('../restore/run-restore.ts')).runRestore,
};
