import { millisecondsOf } from '../model/api-time.ts';
import { knownValue } from '../model/reading-of.ts';
import { formatAge } from '../status/age.ts';
import type { CheckFacts, SiteFacts } from './facts.ts';
import { type Check, finding, type Seen } from './finding.ts';
import { onEachSite } from './on-each.ts';

/** The rules allow two machines' clocks to differ by so much. */
const allowedSkewMs = 5 * 60_000;

/** The newest time that anybody on the site has written: that clock stood there at least. */
const newestTime = (site: SiteFacts): number => {
  const renewed = knownValue(site.leases).map(({ spec }) => spec?.renewTime);
  const written = (site.objects.known ? site.objects.value.replications : []).flatMap(({ metadata }) =>
    (metadata.managedFields ?? []).map(({ time }) => time),
  );
  return [...renewed, ...written].reduce((newest, time) => Math.max(newest, millisecondsOf(time) ?? 0), 0);
};

const ofSite = ({ now }: CheckFacts, site: SiteFacts): readonly Seen[] => {
  const ahead = newestTime(site) - now;
  if (ahead > allowedSkewMs)
    return [
      finding('DR410', 'warning', {
        site,
        message: `its clock is ${formatAge(ahead)} ahead of this machine's, or more: ages, lags and the end of a consent are told wrongly`,
      }),
    ];
  // What was written long ago tells nothing: the clock may be behind, or nobody has written since.
  return ahead > -allowedSkewMs
    ? []
    : [{ unknown: `nothing on ${site.site.name} was written of late that would show its clock` }];
};

/** DR410. Lags and consents compare times of three machines. */
export const clocks: Check = {
  name: 'Clocks',
  codes: ['DR410'],
  look: (facts) => onEachSite(facts, (site) => ofSite(facts, site)),
};
