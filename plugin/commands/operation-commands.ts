import type { Command } from '../command.ts';
import { switchFlag, textFlag } from '../flags/flag.ts';
import { operationFlags } from '../operation/operation-flags.ts';
import { secondPrimaryFlag } from '../step/step-flags.ts';

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
    ['kubectl dr relocate --plan plan.json', 'Run a plan that was kept, if its facts still hold'],
  ],
  epilogue: `Workloads are stopped, their volumes seen to be free, demoted, handed over, promoted on the other site, and the workloads started there with as many replicas as before. Before the first promote it can be taken back: kubectl dr undo. At a terminal the plan is shown and asked about; a script is not asked, but says --yes where the last sync is so late that the application would be down for long (DR303).\n\n${groups}\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-relocate.ts')).runRelocate,
};

export const failover: Command = {
  usage: 'failover [target..]',
  summary: 'Bring applications up on the other site after a disaster; shows first what may be lost',
  positionals: { target },
  flags: { ...operationFlags, ...secondPrimaryFlag },
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
  epilogue: `Refused while the other site answers and is primary: relocate loses nothing. Only where its storage is lost though its API answers, --accept-second-primary=SITE takes over beside it: a sentence has to be typed, or --yes and --accept-data-loss said with it. What is at risk of each volume is shown, and the name of the site that becomes primary has to be typed.\n\n${groups}\n\n${exitCodes}`,
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

const {
  plan: _plan,
  'dry-run': _dryRun,
  output: _output,
  ...planFlags
} = { ...operationFlags, ...secondPrimaryFlag };

export const plan: Command = {
  usage: 'plan <verb> [target..]',
  summary: 'Print the steps of relocate, failover or failback, and change nothing',
  positionals: {
    verb: { describe: 'The procedure', choices: ['relocate', 'failover', 'failback'] },
    target,
  },
  flags: {
    ...planFlags,
    resync: switchFlag('Of failback: the copy on the target is older, even if nothing says so'),
    output: textFlag('Output format; json and yaml can be run with --plan', {
      alias: 'o',
      choices: ['wide', 'json', 'yaml'],
    }),
  },
  examples: [
    ['kubectl dr plan relocate deploy/web', 'What a move would do, step by step'],
    [
      'kubectl dr plan relocate deploy/web -o json > plan.json',
      'Keep it, have it read, and run it later with relocate --plan',
    ],
  ],
  epilogue: `What stands against the procedure is listed as well. Estimates are what the steps took the last time.\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-plan.ts')).runPlan,
};

const {
  'all-namespaces': _allNamespaces,
  selector: _selector,
  to: _to,
  ...resumeFlags
} = { ...planFlags, output: operationFlags.output };

const name = {
  describe: 'Name of the operation, as kubectl dr history shows it; else the latest that is not over',
};

export const resume: Command = {
  usage: 'resume [name]',
  summary: 'Go on with a procedure that was interrupted or failed, from any machine',
  positionals: { name },
  flags: resumeFlags,
  examples: [
    ['kubectl dr resume', 'The latest one of this namespace that is not over'],
    ['kubectl dr resume relocate-20260102-150405-k3f9 -n shop', 'A certain one'],
  ],
  epilogue: `Everything that counts is read from both sites: what is done already is not done again. Somebody else who is still at it is not overtaken.\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-resume.ts')).runResume,
};

export const undo: Command = {
  usage: 'undo [name]',
  summary: 'Take a procedure back: at once before its first promote, by another move after it',
  positionals: { name },
  flags: resumeFlags,
  examples: [
    ['kubectl dr undo', 'The latest one of this namespace that is not over'],
    ['kubectl dr undo relocate-20260102-150405-k3f9 -n shop', 'A certain one'],
  ],
  epilogue: `Volumes that were demoted are promoted again where they were, and workloads started with as many replicas as before. What was restored on the other site stays there: it does no harm, and the next move needs it.\n\n${exitCodes}`,
  load: async () => (await import('../operation/run-undo.ts')).runUndo,
};
