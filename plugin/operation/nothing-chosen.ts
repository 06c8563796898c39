import { DrError } from '../../core/model/error.ts';
import { commandFor } from './command-for.ts';
import type { LiveSite } from './live-site.ts';
import type { OperationRequest } from './operation-request.ts';

/** A site, and why it cannot be read; undefined where it was. */
type SiteState = Pick<LiveSite, 'site' | 'whyDark' | 'isRefused'>;

/** Where was looked: of what a dark site has nobody knows. */
const whereOf = (sites: readonly SiteState[], namespace: string | undefined): string => {
  const lit = sites.filter(({ whyDark }) => whyDark() === undefined).map(({ site }) => site.name);
  const on = lit.length === 1 ? `on ${lit[0]}` : 'on either site';
  if (namespace === undefined) return on;
  return lit.length === 1 ? `in namespace ${namespace} ${on}` : `in namespace ${namespace}`;
};

const darkOf = (sites: readonly SiteState[]): string =>
  sites
    .flatMap(({ site, whyDark }) => {
      const why = whyDark();
      return why === undefined ? [] : `; ${site.name} cannot be read: ${why}`;
    })
    .join('');

/** In a disaster, what is not on the site that is left can only come from a backup. */
const hintFor = (request: OperationRequest, sites: readonly SiteState[]): string => {
  const lit = sites.find(({ whyDark }) => whyDark() === undefined);
  const isLost = sites.some(({ whyDark }) => whyDark() !== undefined);
  const refused = sites.find(({ isRefused }) => isRefused?.());
  if (refused !== undefined) return `log in again: ${refused.site.kubectl} auth whoami`;
  const isMovedAway = request.verb === 'failover' || request.verb === 'relocate';
  if (!isMovedAway || request.from.length > 0 || !isLost || lit === undefined)
    return 'see what there is: kubectl dr status -A';
  return `bring it from a backup: ${commandFor(request, [])('failover', lit.site)} --from DIRECTORY`;
};

/** Nothing of what was asked for is anywhere where it was looked for. `missing`: words that were typed. */
export const nothingChosen = (
  request: OperationRequest,
  missing: readonly string[],
  { sites, namespace }: { readonly sites: readonly SiteState[]; readonly namespace: string | undefined },
): DrError => {
  const { labels } = request.target;
  const where = whereOf(sites, namespace);
  const what =
    missing.length > 0
      ? `not found ${where}: ${missing.join(', ')}`
      : `there is no protected claim ${labels === undefined ? '' : `with the labels ${labels} `}${where}`;
  return new DrError({
    code: 'NotFound',
    message: `${what}${darkOf(sites)}`,
    hint: hintFor(request, sites),
  });
};
