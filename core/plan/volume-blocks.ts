import { sourceHandleAnnotation } from '../model/handle-there.ts';
import { volumeIdentityText } from '../model/persistent-volume.ts';
import { compareVolumes, type SeenVolume, whatDiffers } from '../model/same-volume.ts';
import { claimKeyText } from '../protection/claims-of-volume.ts';
import { mapHandle } from '../restore/map-handle.ts';
import { shellWord } from '../rules/guard/commands.ts';
import { oneLine } from '../rules/one-line.ts';
import { isUnknownToDriver } from '../status/role.ts';
import { seenVolume } from '../step/seen-volume.ts';
import { takersOn } from '../step/taken-volume.ts';
import type { GroupNow, SiteRole, VolumeNow } from './move.ts';
import { type Block, claimObject } from './step-look.ts';
import { wantedVolume } from './wanted-volume.ts';

// What the volumes themselves have against a move, whatever their replications say.

const roles = ['source', 'target'] as const satisfies readonly SiteRole[];

/** The claim of that name, or the PV that waits for one; and how to look at it. */
const whatIsThere = ({ volume, target }: Pick<VolumeNow, 'volume' | 'target'>, kubectl: string) => {
  const { namespace, name } = volume.target;
  const key = claimKeyText(volume.target);
  const pv = target.known && target.value.volume.known ? target.value.volume.value?.metadata.name : undefined;
  const isClaimed = target.known && target.value.claim.known && target.value.claim.value !== undefined;
  return isClaimed || pv === undefined
    ? {
        text: `claim ${key}`,
        look: `${kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}; delete that claim`,
      }
    : {
        text: `PV ${pv}, which is reserved for claim ${key},`,
        look: `${kubectl} describe pv ${shellWord(pv)}; delete that PV`,
      };
};

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
  const again = verb === 'undo' ? '' : `; then again: ${commandFor(verb, site)}`;
  const found = whatIsThere({ volume, target }, site.kubectl);
  return [
    {
      site: 'target',
      object: claimObject(volume, 'target'),
      isRule: true,
      obstacle: {
        code: 'DR115',
        message: `${found.text} of ${site.name} has volume ${other}, and ${by} ${own}: it was never a copy of that one, whatever it is called`,
        next: `${found.look} if nothing needs its data, so that the copy can be restored in its place${again}`,
      },
    },
  ];
};

/** A volume that is no copy of the one that is moved. Asked of what is primary already, too: that may be the wrong one. */
export const notCopies = (now: GroupNow): readonly Block[] =>
  now.verb === 'undo' ? [] : now.volumes.flatMap((volume) => notACopy(now, volume));

/** The source or the target tells that the other one calls the volume as it does: the driver, or whoever made the PV. */
const isToldOf = (a: SeenVolume, b: SeenVolume): boolean =>
  a.destination === b.volumeHandle || b.destination === a.volumeHandle;

const underAnotherName = (
  { sites, volumeHandles }: GroupNow,
  { volume, source, target, isThrough }: VolumeNow,
): readonly Block[] => {
  if (isThrough || !source.known || !target.known || target.value.role.role !== 'none') return [];
  if (isUnknownToDriver(target.value.role)) return [];
  const [own, there] = [seenVolume(source.value), seenVolume(target.value)];
  const differs = own && there && whatDiffers(own, there);
  if (own === undefined || there === undefined || differs === undefined || isToldOf(own, there)) return [];
  const mapped = mapHandle(volumeHandles, own.volumeHandle);
  // A map that fits the PV vouches for its name; one that does not fit is a finding of its own (mappedOtherwise).
  if (mapped !== undefined) return [];
  const { site } = sites.target;
  const pv = target.value.volume.known ? (target.value.volume.value?.metadata.name ?? '') : '';
  return [
    {
      site: 'target',
      object: claimObject(volume, 'target'),
      isRule: true,
      obstacle: {
        code: 'DR427',
        message: oneLine(
          `claim ${claimKeyText(volume.target)} of ${site.name} has the volume under another name (${differs}), and nothing tells that the driver there knows it by that: if it does not, the promote fails after the demotion. Where PV ${pv} is right, say so on it`,
          600,
        ),
        next: `${site.kubectl} annotate pv ${shellWord(pv)} ${shellWord(`${sourceHandleAnnotation}=${own.volumeHandle}`)}`,
      },
    },
  ];
};

/** A planned move does not take a volume down for a PV that may be of no use over there. In a disaster there is nothing to lose by trying. */
export const unknownNames = (now: GroupNow): readonly Block[] =>
  now.verb === 'relocate' || now.verb === 'failback'
    ? now.volumes.flatMap((volume) => underAnotherName(now, volume))
    : [];

/** A PV keeps its handle: what is restored already is not called otherwise by a flag. */
const mappedOtherwise = (
  { sites, volumeHandles, brought }: GroupNow,
  { volume, source, target }: VolumeNow,
): readonly Block[] => {
  if (!target.known || target.value.role.role === 'primary') return [];
  const [own, there] = [wantedVolume({ volume, source }, brought), seenVolume(target.value)];
  const mapped = own && mapHandle(volumeHandles, own.volumeHandle);
  if (mapped === undefined || there === undefined || there.volumeHandle === mapped) return [];
  const { site } = sites.target;
  const pv = target.value.volume.known ? (target.value.volume.value?.metadata.name ?? '') : '';
  const isProtected = target.value.protectors.known && target.value.protectors.value.length > 0;
  const protection = isProtected ? 'end the protection on that site, ' : '';
  return [
    {
      site: 'target',
      object: claimObject(volume, 'target'),
      isRule: true,
      obstacle: {
        code: 'DR427',
        message: oneLine(
          `--map-volume-handle names ${mapped}, and PV ${pv} of ${site.name} is there already with ${there.volumeHandle}: a PV keeps its handle, so that the flag changes nothing. Leave the flag out if the PV is right. If it is not, see that its policy is Retain, ${protection}delete claim and PV there, and run this again`,
          700,
        ),
        // The flag may be what is wrong: nothing is ended on its word.
        next: `${site.kubectl} describe pv ${shellWord(pv)}`,
      },
    },
  ];
};

/** A mapping that is given for a volume whose PV says otherwise. */
export const mappingsWithoutEffect = (now: GroupNow): readonly Block[] =>
  now.verb === 'undo' ? [] : now.volumes.flatMap((volume) => mappedOtherwise(now, volume));

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
