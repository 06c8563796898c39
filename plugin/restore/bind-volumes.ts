import { claimKeyText, keyOfClaim } from '../../core/protection/claims-of-volume.ts';
import type { Binding } from '../../core/restore/decide-binding.ts';
import type { RestorePlan } from '../../core/restore/plan.ts';
import type { WantedVolume } from '../../core/restore/wanted.ts';
import { shellWord } from '../../core/rules/guard/commands.ts';
import { awaitBound } from './await-bound.ts';
import { lastEventsOf } from './last-events.ts';
import type { RestoreRun } from './restore-run.ts';
import type { Teller } from './tell.ts';

const keyText = ({ claim }: WantedVolume): string => claimKeyText(keyOfClaim(claim));

const shownNames = 3;

const namesOf = (volumes: readonly WantedVolume[]): string => {
  const shown = volumes.slice(0, shownNames).map(keyText).join(', ');
  return volumes.length > shownNames ? `${shown} and ${volumes.length - shownNames} more` : shown;
};

const keptBy = ({ volumes }: RestorePlan): ReadonlySet<WantedVolume> =>
  new Set(
    volumes
      .filter(({ volume, claim }) => volume.action === 'keep' && claim.action === 'keep')
      .map(({ wanted }) => wanted),
  );

const tellBound = ({ claim, volume }: WantedVolume, isKept: boolean, teller: Teller): void =>
  teller.ended(claim, isKept ? 'Unchanged' : 'Done', `bound to ${volume.metadata.name}`);

const tellUnbound = ({ claim, volume }: WantedVolume, why: string, kubectl: string, teller: Teller): void => {
  const { namespace = '', name = '' } = claim.metadata;
  teller.ended(
    claim,
    'Failed',
    `is not bound to PV ${volume.metadata.name}: ${why}`,
    `${kubectl} -n ${shellWord(namespace)} describe pvc ${shellWord(name)}`,
  );
};

const tellLate = async (
  late: ReadonlyMap<WantedVolume, string>,
  { site, io }: RestoreRun,
  teller: Teller,
): Promise<void> => {
  const claims = [...late.keys()].map(({ claim }) => claim);
  const events = await lastEventsOf(claims, site, io.signal);
  for (const [volume, why] of late) {
    const event = events.get(keyText(volume));
    const said = event === undefined ? '' : ` (${event})`;
    teller.ended(volume.claim, 'TimedOut', `not bound in time: ${why}${said}`, 'run it again: it goes on');
  }
};

/** Waits for all claims, tells of each, and answers whether all are bound. */
export const bindVolumes = async (
  volumes: readonly WantedVolume[],
  run: RestoreRun,
  teller: Teller,
): Promise<boolean> => {
  const { site, request, io, reporter, plan } = run;
  const kept = keptBy(plan);
  let areBound = true;
  const onSettled = (volume: WantedVolume, binding: Binding): void => {
    areBound &&= binding.state === 'bound';
    if (binding.state === 'bound') tellBound(volume, kept.has(volume), teller);
    else tellUnbound(volume, binding.why, site.kubectl, teller);
  };
  const late = await awaitBound({
    site,
    volumes,
    timeoutMs: request.timeoutMs,
    io,
    onSettled,
    onWaiting: (open) =>
      reporter.report({
        type: 'Waiting',
        site: site.name,
        message: `waits until claims are bound: ${namesOf(open)}`,
      }),
  });
  if (late.size > 0) await tellLate(late, run, teller);
  return areBound && late.size === 0;
};
