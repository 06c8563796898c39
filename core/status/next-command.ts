import { drCommand } from './dr-command.ts';
import type { SideFacts } from './facts.ts';

const shortKinds = { VolumeReplication: 'vr', VolumeGroupReplication: 'vgr' } as const;

const replicationWords = ({ site, volume }: SideFacts): [string, string] | undefined => {
  const replication = volume?.replication;
  if (replication === undefined) return undefined;
  return [
    `${site.kubectl} -n ${replication.namespace}`,
    `${shortKinds[replication.kind]} ${replication.name}`,
  ];
};

/** Shows what the controller wrote about the volume on that side. Changes nothing. */
export const describeReplication = (side: SideFacts): string | undefined => {
  const words = replicationWords(side);
  return words && `${words[0]} describe ${words[1]}`;
};

const verbs = { primary: 'promote', secondary: 'demote' } as const;

/** Makes the volume primary or secondary on that side; a group changes as a whole, which is no command of ours yet. */
export const askForState = (side: SideFacts, state: keyof typeof verbs): string | undefined => {
  const { volume, site } = side;
  if (volume?.replication?.kind === 'VolumeReplication')
    return drCommand(site, verbs[state], { namespace: volume.namespace, name: volume.claimName });
  const words = replicationWords(side);
  return words && `${words[0]} patch ${words[1]} --type=merge -p '{"spec":{"replicationState":"${state}"}}'`;
};

/** Shows which pods use the claim ("Used By"). Changes nothing. */
export const describeClaim = ({ site, volume }: SideFacts): string | undefined =>
  volume && `${site.kubectl} -n ${volume.namespace} describe pvc ${volume.claimName}`;

/** Shows the class of a replication: its schedule and secret. Changes nothing. */
export const showClass = ({ site, volume }: SideFacts): string | undefined => {
  const className = volume?.replication?.className;
  return className && `${site.kubectl} get vrc ${className} -o yaml`;
};

/** Asks whether the site's API server answers. Changes nothing. */
export const probeSite = ({ site }: SideFacts): string => `${site.kubectl} get --raw=/readyz`;

/** Asks whom the site's API server takes the caller for. Changes nothing. */
export const whoAmI = ({ site }: SideFacts): string => `${site.kubectl} auth whoami`;
