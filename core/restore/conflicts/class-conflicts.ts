import type { KubernetesObject } from '../../model/kubernetes-object.ts';
import { replicationNames } from '../../model/volume-replication.ts';
import { shellWord } from '../../rules/guard/commands.ts';
import { oneLine } from '../../rules/one-line.ts';
import type { RestoreConflict } from '../conflict.ts';
import { nameOf, nameText } from '../object-name.ts';
import { otherClass, settingsOf } from '../storage-class-of.ts';
import type { Target } from '../target.ts';
import type { Wanted } from '../wanted.ts';

/** What comparing the classes of the source with those of the target found. */
export type ComparedClasses = {
  readonly conflicts: readonly RestoreConflict[];
  readonly warnings: readonly string[];
};

const resourceNames: Readonly<Record<string, string>> = {
  StorageClass: 'sc',
  VolumeReplicationClass: 'vrc',
  VolumeGroupReplicationClass: 'vgrc',
};

/** Each site has its own secrets and its own name for its storage cluster. */
const isOfOneSite = (key: string): boolean =>
  key === 'clusterID' ||
  /-secret-(name|namespace)$/.test(key) ||
  key.startsWith(replicationNames.parameterPrefix);

const shownDifferences = 3;

const differences = (
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): string[] =>
  [...new Set([...Object.keys(ours), ...Object.keys(theirs)])]
    .filter((key) => !isOfOneSite(key) && ours[key] !== theirs[key])
    .map(
      (key) =>
        `${oneLine(key, 40)} is ${oneLine(theirs[key] ?? 'not set', 40)} there and ${oneLine(ours[key] ?? 'not set', 40)} in the source`,
    );

const otherProvisioner = (
  wanted: KubernetesObject,
  there: KubernetesObject,
  target: Target,
): RestoreConflict => {
  const [ours, theirs] = [settingsOf(wanted).provisioner, settingsOf(there).provisioner];
  const resource = resourceNames[wanted.kind ?? ''] ?? wanted.kind;
  return {
    object: nameOf(wanted),
    fact: `on ${target.site.name} its provisioner is ${theirs || 'none'}, and in the source ${ours || 'none'}`,
    next: `${target.site.kubectl} get ${resource} ${shellWord(wanted.metadata.name ?? '')} -o yaml`,
    ...(wanted.kind === 'StorageClass' && { flags: otherClass(wanted.metadata.name ?? '') }),
  };
};

const compare = (wanted: KubernetesObject, target: Target): ComparedClasses => {
  const there = target.object(nameOf(wanted));
  if (!there.known || there.value === undefined) return { conflicts: [], warnings: [] };
  if (settingsOf(wanted).provisioner !== settingsOf(there.value).provisioner)
    return { conflicts: [otherProvisioner(wanted, there.value, target)], warnings: [] };
  const found = differences(settingsOf(wanted).parameters, settingsOf(there.value).parameters);
  if (found.length === 0) return { conflicts: [], warnings: [] };
  const code = wanted.kind === 'StorageClass' ? '' : 'DR302: ';
  const more = found.length > shownDifferences ? `, and ${found.length - shownDifferences} more` : '';
  const list = found.slice(0, shownDifferences).join(', ');
  return {
    conflicts: [],
    warnings: [
      `${code}${nameText(nameOf(wanted))} of ${target.site.name} stays as it is, but differs: ${list}${more}`,
    ],
  };
};

/** A class of the same name must be for the same driver. Other parameters are told: the class of the target stays as it is. */
export const compareClasses = (wanted: Wanted, target: Target): ComparedClasses => {
  const compared = wanted.others
    .filter(({ stage }) => stage === 'class')
    .map(({ object }) => compare(object, target));
  return {
    conflicts: compared.flatMap(({ conflicts }) => conflicts),
    warnings: compared.flatMap(({ warnings }) => warnings),
  };
};
