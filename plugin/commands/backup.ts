import type { Command } from '../command.ts';
import { clusterFlags } from '../flags/cluster-flags.ts';
import { commonFlags } from '../flags/common-flags.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { selectionFlags } from '../selection/selection-flags.ts';

const store = textFlag('Directory that keeps the backups; else ~/.local/share/kubectl-dr/backups', {
  alias: 'd',
});

const list: Command = {
  usage: 'list',
  summary: 'List the backups of a directory, newest first; sizes are looked at, contents are not',
  examples: [
    ['kubectl dr backup list', 'Backups of this machine'],
    ['kubectl dr backup list -d /mnt/dr-backups -o json', 'Of another directory, for a script'],
  ],
  epilogue:
    'States: whole; partial, objects are missing that could not be read; broken, files are missing, changed or foreign. OLDEST SYNC: how far a restore of all of it would go back at worst.',
  flags: {
    directory: store,
    output: textFlag('Output format', { alias: 'o', choices: ['wide', 'json', 'yaml'] }),
    ...commonFlags,
  },
  load: async () => (await import('../backup/list-backups.ts')).listBackups,
};

const verify: Command = {
  usage: 'verify <dir>',
  summary: 'Check every byte of a backup: digests, nothing missing, nothing foreign',
  positionals: { dir: { describe: 'Directory of the backup, or its name as "list" prints it' } },
  examples: [
    ['kubectl dr backup verify 20261125T145307Z-cluster-1', 'One that "kubectl dr backup list" shows'],
    ['kubectl dr backup verify /mnt/dr-backups/20261125T145307Z-cluster-1', 'A copy of it elsewhere'],
  ],
  epilogue: 'Exit codes: 0 whole; 3 broken, each problem is printed; 1 not readable at all; 2 usage.',
  flags: { directory: store, ...commonFlags },
  load: async () => (await import('../backup/verify-backup.ts')).verifyBackup,
};

export const backup: Command = {
  usage: 'backup [pvc..]',
  summary: 'Keep claims, their volumes and what they need as plain YAML, cleaned for another cluster',
  positionals: {
    pvc: {
      describe: 'Claims to back up, protected or not, or vr/NAME; else all protected ones',
      array: true,
    },
  },
  flags: {
    ...selectionFlags,
    directory: textFlag(
      'Directory that gets the backup as a new directory, or - for one stream of YAML; else ~/.local/share/kubectl-dr/backups',
      { alias: 'd' },
    ),
    'include-workloads': switchFlag('Also the workloads that mount the claims, and what these need to start'),
    'include-secrets': switchFlag('With --include-workloads, their secrets too: in clear text'),
    output: textFlag('Output format; else the path of the backup', {
      alias: 'o',
      choices: ['json', 'yaml', 'name'],
    }),
    ...clusterFlags,
    ...commonFlags,
  },
  examples: [
    ['kubectl dr backup -A -d /mnt/dr-backups', 'All protected claims, kept where this site does not fail'],
    ['kubectl dr backup rbd-pvc -n shop --include-workloads', 'One claim, and the workload that mounts it'],
    ['kubectl dr backup -n shop -d - | kubectl --context=cluster-2 create -f -', 'Nothing kept on a disk'],
    ['kubectl dr backup -l app=db --include-workloads --include-secrets', 'All that an application needs'],
  ],
  epilogue: [
    'A replication in a backup asks for secondary, so that creating all of it elsewhere makes no second primary. A claim that is called "list" or "verify" is named pvc/list.',
    'Exit codes: 0 done; 6 something could not be backed up, see stderr; 1 nothing was; 2 usage.',
  ].join('\n\n'),
  subcommands: [list, verify],
  load: async () => (await import('../backup/run-backup.ts')).runBackup,
};
