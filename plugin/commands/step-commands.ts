import type { Command } from '../command.ts';
import { textFlag } from '../flags/flag.ts';
import { consentFlags, secondPrimaryFlag, stepFlags } from '../step/step-flags.ts';

const pvc = { describe: 'Claims; also vr/NAME', array: true };
const className = textFlag('VolumeReplicationClass; else the only one for the driver of the volume');

const exitCodes =
  'Exit codes: 0 done, and seen; 1 error; 2 usage; 4 refused by a safety rule or by you; 5 not seen in time, it goes on; 6 done for some volumes only; 130 interrupted.';

const consentText =
  'Where something can be lost, the facts are shown and the name of the site has to be typed. Without a terminal, --yes and --accept-data-loss=15m (or unknown) say it together; --yes alone never does.';

export const protect: Command = {
  usage: 'protect [pvc..]',
  summary: 'Protect claims: set Retain, create the VolumeReplication, wait for the first sync',
  positionals: { pvc },
  flags: { class: className, ...stepFlags },
  examples: [
    ['kubectl dr protect rbd-pvc', 'One claim, with the only class of its driver'],
    ['kubectl dr protect -l app=db --class=rbd-volumereplicationclass', 'All claims of an application'],
    ['kubectl dr protect rbd-pvc --dry-run=server', 'Have it judged, and change nothing'],
  ],
  epilogue: `The first sync goes out with the schedule of the class, or soon after the promote. ${exitCodes}`,
  load: async () => (await import('../step/run-protect.ts')).runProtect,
};

export const unprotect: Command = {
  usage: 'unprotect [pvc..]',
  summary: "End the protection of claims; on the primary that removes the other site's copy",
  positionals: { pvc },
  flags: { ...consentFlags, ...stepFlags },
  examples: [
    ['kubectl dr unprotect rbd-pvc', 'Shows what goes, and asks'],
    ['kubectl dr unprotect rbd-pvc --yes --accept-data-loss=unknown', 'In a script'],
  ],
  epilogue: `${consentText}\n\n${exitCodes}`,
  load: async () => (await import('../step/run-unprotect.ts')).runUnprotect,
};

export const promote: Command = {
  usage: 'promote [pvc..]',
  summary: 'Make volumes primary on one site, once both sites were looked at',
  positionals: { pvc },
  flags: { class: className, ...consentFlags, ...secondPrimaryFlag, ...stepFlags },
  examples: [
    ['kubectl dr promote rbd-pvc --context cluster-2', 'After the other site was demoted: nothing is forced'],
    [
      'kubectl dr promote -l app=db --context cluster-2 --yes --accept-data-loss=15m',
      'After a disaster, in a script: by force, up to that loss',
    ],
    [
      'kubectl dr promote rbd-pvc --context cluster-2 --dry-run=client',
      'What it would do, and what is at risk',
    ],
  ],
  epilogue: `Refused while the other site is primary. Only where its storage is lost though its API answers, --accept-second-primary=SITE promotes beside it: a sentence has to be typed, or --yes and --accept-data-loss said with it. Where it cannot be told, what is at risk of each volume is shown, and a person has to accept it. A rollback of a large image takes long: time alone never makes it a failure.\n\n${consentText}\n\n${exitCodes}`,
  load: async () => (await import('../step/run-promote.ts')).runPromote,
};

export const demote: Command = {
  usage: 'demote [pvc..]',
  summary: 'Make volumes secondary on one site; refused while anything uses them, or no copy has followed',
  positionals: { pvc },
  flags: { ...consentFlags, ...stepFlags },
  examples: [
    ['kubectl dr demote rbd-pvc --context cluster-1', 'The first step of a planned move'],
    ['kubectl dr demote -l app=db --context cluster-1 --parallel=4', 'All claims of an application'],
  ],
  epilogue: `Refused until the other site has followed since the last promote (DR113): with ceph-csi about a minute. To lose what was written since: --yes --accept-data-loss=unknown. Never sets autoResync: right after a planned demotion it could wipe the healthy copy. ${exitCodes}`,
  load: async () => (await import('../step/run-demote.ts')).runDemote,
};

export const resync: Command = {
  usage: 'resync [pvc..]',
  summary: "Throw a site's copy away and fetch the one of the other site, which has to be primary",
  positionals: { pvc },
  flags: { ...consentFlags, ...stepFlags },
  examples: [
    [
      'kubectl dr resync rbd-pvc --context cluster-1',
      "After a disaster: cluster-1's copy goes, cluster-2's comes",
    ],
    ['kubectl dr resync rbd-pvc --context cluster-1 --yes --accept-data-loss=unknown', 'In a script'],
  ],
  epilogue: `The site whose copy goes is the one of --context; it has to be secondary. ${consentText}\n\n${exitCodes}`,
  load: async () => (await import('../step/run-resync.ts')).runResync,
};
