import { DrError } from '../core/model/error.ts';
import type { SandboxStatus } from './control-protocol.ts';
import type { ControlHandlers } from './control-server.ts';
import { describeSite } from './sandbox-status.ts';
import type { Site } from './site/site.ts';
import type { ArrayPair } from './storage/array-pair.ts';
import { readVolume, writeVolume } from './volume-access.ts';

/** A sandbox that has come up, as its operations need it. */
export type SandboxParts = {
  sites: readonly [Site, Site];
  pair: ArrayPair;
  /** All of a status but what changes. */
  facts: Omit<SandboxStatus, 'sites' | 'link'>;
  /** Called after every change that has to survive. */
  save: () => Promise<void>;
};

const findSite = (sites: readonly Site[], name: string): Site => {
  const found = sites.find((site) => site.name === name);
  if (found !== undefined) return found;
  throw new DrError({
    code: 'SiteNotFound',
    message: `there is no site "${name}"`,
    hint: `the sites are ${sites.map((site) => site.name).join(' and ')}`,
  });
};

/** What can be asked of a running sandbox. Failing and healing happen one after the other. */
export const createOperations = (parts: SandboxParts): Omit<ControlHandlers, 'down'> => {
  const { sites, pair, facts, save } = parts;
  let isLinkCut = false;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = last.then(work, work);
    last = result.catch(() => undefined);
    return result;
  };

  /** The storages reach each other while both sites are up and nobody cut the link. */
  const applyLink = (): void => {
    const up = !isLinkCut && sites.every(({ state }) => state === 'up');
    if (pair.linkUp !== up) pair.setLink(up);
  };

  const status = async (): Promise<SandboxStatus> => ({
    ...facts,
    link: pair.linkUp ? 'up' : 'down',
    sites: await Promise.all(sites.map(describeSite)),
  });

  const change = (work: () => Promise<void>): Promise<SandboxStatus> =>
    inTurn(async () => {
      try {
        await work();
      } finally {
        applyLink();
        await save();
      }
      return status();
    });

  return {
    status,
    fail: ({ site, hang = false }) => change(() => findSite(sites, site).fail(hang ? 'hang' : 'refuse')),
    heal: ({ site }) => change(() => findSite(sites, site).heal()),
    link: ({ up }) =>
      change(async () => {
        isLinkCut = !up;
      }),
    write: async (request) => {
      const answer = await writeVolume(findSite(sites, request.site), request);
      await save();
      return answer;
    },
    read: (request) => readVolume(findSite(sites, request.site), request),
  };
};
