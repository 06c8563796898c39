import { replicationNames } from '../../model/volume-replication.ts';
import type { AdviceFacts, ClassAdviceFacts } from '../advice-facts.ts';
import { shellWord } from '../guard/commands.ts';
import { oneLine } from '../one-line.ts';

const shortKinds = { VolumeReplicationClass: 'vrc', VolumeGroupReplicationClass: 'vgrc' } as const;

type Settings = Pick<ClassAdviceFacts, 'provisioner' | 'parameters'>;

/** Of many differences the first few tell enough. */
const shownDifferences = 3;
const longestText = 40;

const shown = (value: string | undefined): string => {
  if (value === undefined) return 'not set';
  return `"${oneLine(value, longestText)}"`;
};

/** What a driver is told. Each site has its own secrets, so references to them may differ. */
const settingsOf = ({ provisioner, parameters }: Settings): ReadonlyMap<string, string> =>
  new Map([
    ['provisioner', provisioner],
    ...Object.entries(parameters).filter(([key]) => !key.startsWith(replicationNames.parameterPrefix)),
  ]);

const differences = (here: Settings, there: Settings, site: string): string[] => {
  const [ours, theirs] = [settingsOf(here), settingsOf(there)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((key) => ours.get(key) !== theirs.get(key))
    .map(
      (key) =>
        `${oneLine(key, longestText)} is ${shown(ours.get(key))} here and ${shown(theirs.get(key))} on ${site}`,
    );
};

/** DR302. After a failover the class of the other site says how the volume is mirrored. */
export const classesDiffer = (facts: AdviceFacts): string | undefined => {
  if (facts.subject !== 'class' || !facts.peerClass.known) return undefined;
  const { kind, name, peerClass } = facts;
  if (peerClass.value === undefined) {
    return `the other site has no ${kind} ${name} yet, and no volume can be promoted there without it: apply it there, too`;
  }
  const { site } = peerClass.value;
  const found = differences(facts, peerClass.value, site);
  if (found.length === 0) return undefined;
  const more = found.length - shownDifferences;
  const list = found.slice(0, shownDifferences).join(', ') + (more > 0 ? `, and ${more} more` : '');
  return (
    `${kind} ${name} differs between the sites, so a volume is mirrored differently after a failover: ${list}. ` +
    `Compare: kubectl --context ${shellWord(site)} get ${shortKinds[kind]} ${shellWord(name)} -o yaml`
  );
};
