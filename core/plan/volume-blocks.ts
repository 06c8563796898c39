import { volumeIdentityText } from '../model/persistent-volume.ts';
import { compareVolumes } from '../model/same-volume.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { seenVolume } from '../step/seen-volume.ts';
import { takersOn } from '../step/taken-volume.ts';
import type { GroupNow, SiteRole, VolumeNow } from './move.ts';
import { type Block, claimObject } from './step-look.ts';
import { wantedVolume } from './wanted-volume.ts';

// What the volumes themselves have against a move, whatever their replications say.

const roles = ['source', 'target'] as const satisfies readonly SiteRole[];

const notACopy = (
  { sites, brought, commandFor, verb }: GroupNow,
  { volume, source, target }: VolumeNow,
): readonly Block[] => {
  const [wanted, there] = [
    wantedVolume({ volume, source }, brought),
    target.known ? seenVolume(target.value) : undefined,
  ];
  if (wanted === undefined || there === undefined || compareVolumes(wanted, there) !== 'other') return [];
  const { site } = sites.target;
  const [own, other] = [wanted, there].map((it) => oneLine(volumeIdentityText(it)));
  const by = source.known ? `${sites.source.site.name} has` : 'the backup has';
  const { namespace, name } = volume.target;
  const again = verb === 'undo' ? '' : `; then again: ${commandFor(verb, site)}`;
  return [
    {
      site: 'target',
      object: claimObject(volume, 'target'),
      isRule: true,
      obstacle: {
        code: 'DR115',
        message: `claim ${claimKeyText(volume.target)} of ${site.name} has volume ${other}, and ${by} ${own}: it was never a copy of that one, whatever it is called`,
        next: `${site.kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}; delete that claim if nothing needs its data, so that the copy can be restored in its place${again}`,
      },
    },
  ];
};

/** A volume that is no copy of the one that is moved. Asked of what is primary already, too: that may be the wrong one. */
export const notCopies = (now: GroupNow): readonly Block[] =>
  now.verb === 'undo' ? [] : now.volumes.flatMap((volume) => notACopy(now, volume));

const deletesIt = (now: GroupNow, { volume, source, target }: VolumeNow): readonly Block[] => {
  const seen =
    wantedVolume({ volume, source }, now.brought) ?? (target.known ? seenVolume(target.value) : undefined);
  if (seen === undefined) return [];
  return roles.flatMap((role) =>
    takersOn(now.sites[role], seen).map(
      (obstacle): Block => ({ site: role, object: claimObject(volume, role), isRule: true, obstacle }),
    ),
  );
};

/** A PV that takes the volume along, on either site: a provisioner does so whenever the PV is released, in the middle of a move as well. */
export const takersOfVolumes = (now: GroupNow): readonly Block[] =>
  now.verb === 'undo'
    ? []
    : now.volumes.flatMap((volume) => (volume.isThrough ? [] : deletesIt(now, volume)));
