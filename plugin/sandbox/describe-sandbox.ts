import { formatAge } from '../../core/status/age.ts';
import type { SandboxStatus } from '../door/sandbox.ts';
import { createTable } from '../output/table.ts';

const ageOf = (time: string | undefined, now: number): string =>
  time === undefined ? '<none>' : formatAge(now - Date.parse(time));

/** The sandbox as text: itself, its sites, and what their storage holds. `now` in milliseconds since the epoch. */
export const describeSandbox = (status: SandboxStatus, now: number): string => {
  const { sites } = status;
  const volumes = sites.flatMap((site) =>
    site.volumes.map(({ claim, role, sizeBytes, snapshotAt, volumeHandle }) => [
      site.name,
      claim ?? '<none>',
      role,
      `${sizeBytes / 2 ** 20}Mi`,
      ageOf(snapshotAt, now),
      volumeHandle,
    ]),
  );
  return [
    `Sandbox of ${ageOf(status.startedAt, now)}, pid ${status.pid}, ${status.servers}, clock factor ${status.clockFactor}, link ${status.link}\n`,
    `Kubeconfig ${status.kubeconfig}, logs in ${status.runDirectory}\n\n`,
    createTable().format([
      ['SITE', 'STATE', 'SERVER', 'CONTROLLER', 'WEBHOOK'],
      ...sites.map(({ name, state, url, controller, webhook }) => [
        name,
        state,
        url,
        controller.state,
        webhook.state,
      ]),
    ]),
    volumes.length === 0
      ? ''
      : `\n${createTable().format([['SITE', 'CLAIM', 'ROLE', 'SIZE', 'SNAPSHOT', 'HANDLE'], ...volumes])}`,
  ].join('');
};
