import type { Command } from '../command.ts';
import { switchFlag } from '../flags/flag.ts';
import { operationFlags } from '../operation/operation-flags.ts';

const target = {
  describe:
    'Claims, or pvc/NAME, deploy/NAME, sts/NAME, vr/NAME; else -l, or all that is protected in -n or -A',
  array: true,
};

const exitCodes =
  'Exit codes: 0 done, and seen on both sites; 1 error; 2 usage; 4 refused by a safety rule or by you; 5 time is up, go on with resume; 6 done for some groups only; 130 interrupted.';

const groups =
  'Volumes that one workload mounts move together, and none is promoted before all of them are demoted; groups move side by side. What was interrupted goes on when it is run again, from any machine.';

export const relocate: Command = {
  usage: 'relocate [target..]',
  summary: 'Planned move to the other site, with both sites up: nothing is lost',
  positionals: { target },
  flags: operationFlags,
  examples: [
    ['kubectl dr relocate deploy/web', 'A workload with all its volumes, away from where they are primary'],
    ['kubectl dr relocate -n shop --to cluster-2', 'Everything that is protected in a namespace'],
    ['kubectl dr relocate rbd-pvc --dry-run=client', 'Print the steps, and change nothing'],
  ],
  epilogue: `Workloads are stopped, their volumes seen to be free, demoted, handed over, promoted on the other site, and the workloads started there with as many replicas as before. Before the first promote it can be taken back: kubectl dr undo.\n\n${groups}\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-relocate.ts')).runRelocate,
};

export const failover: Command = {
  usage: 'failover [target..]',
  summary: 'Bring applications up on the other site after a disaster; shows first what may be lost',
  positionals: { target },
  flags: operationFlags,
  examples: [
    [
      'kubectl dr failover deploy/web --to cluster-2 --from ./backups',
      'The first site is gone; a backup brings what cluster-2 lacks',
    ],
    [
      'kubectl dr failover -n shop --to cluster-2 --yes --accept-data-loss=15m',
      'In a script, where at most that much may be lost',
    ],
  ],
  epilogue: `Refused while the other site answers and is primary: relocate loses nothing. What is at risk of each volume is shown, and the name of the site that becomes primary has to be typed.\n\n${groups}\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-failover.ts')).runFailover,
};

export const failback: Command = {
  usage: 'failback [target..]',
  summary: 'Return to the site that was lost, once it is back: its older copy is made anew first',
  positionals: { target },
  flags: {
    ...operationFlags,
    resync: switchFlag('The copy on the target is older, even if nothing says so: make it anew'),
  },
  examples: [
    ['kubectl dr failback deploy/web', 'Back to where it came from'],
    ['kubectl dr failback -n shop --to cluster-1 --yes --accept-data-loss=unknown', 'In a script'],
  ],
  epilogue: `A site that comes back may still believe that it is primary. Its workloads are stopped, it is demoted, and its copy is made anew from the good one while the application runs on; only then everything moves back.\n\n${groups}\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-failback.ts')).runFailback,
};
