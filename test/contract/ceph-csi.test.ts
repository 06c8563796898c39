// Replays what ceph-csi answered on two mirrored Ceph clusters, through a planned move, a disaster and the return, against
// the sandbox's two drivers, over gRPC on Unix sockets.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DriverServer, serveDriver } from '../../sandbox/driver/serve.ts';
import { type ArrayPair, createArrayPair } from '../../sandbox/storage/array-pair.ts';
import { openClient, replicationCalls } from '../sandbox/driver/driver-clients.ts';
import {
  mask,
  maskStatus,
  type RecordedAnswer,
  type RecordedStatus,
  type RecordedStep,
  readRecording,
} from './ceph-csi-recording.ts';

/** Steps that cannot agree, with the reason. One that is listed and agrees fails, too. */
const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {};

const SECRETS = { userID: 'admin', userKey: 'right' };
const CLASS_PARAMETERS = { mirroringMode: 'snapshot', schedulingInterval: '1m' };
const UUID = '11111111-2222-4333-8444-555555555555';
/** Calls that are not about the volume of the recording. */
const OTHER_VOLUMES: Readonly<Record<string, string>> = {
  'enable: malformed volume id': 'nonsense',
  'enable: volume that does not exist': `0001-0004-rook-0000000000000001-${UUID}`,
  'enable: other cluster id': `0001-0004-moon-0000000000000001-${UUID}`,
};
/** Between two steps the recorder read the status of both sites. */
const BETWEEN_STEPS_MS = 100;
/** This recording tells no times between its steps: before these a daemon looked. */
const LOOKED_BEFORE = ['resync without force in split brain'];
const DAEMON_LOOK_MS = 30_000;
const POLL_MS = 1_000;
const PATIENCE_MS = 180_000;

type Outcome = { readonly answers: readonly RecordedAnswer[]; readonly after: readonly RecordedStatus[] };

const maskAnswer = ({ code, message, response }: RecordedAnswer): RecordedAnswer => ({
  code,
  message: mask(message),
  response,
});

/** A response as the recorder printed it: names of the proto, and nothing for what has its default value. */
const printResponse = (response: object | null): unknown => {
  if (response === null) return null;
  const { ready, lastSyncTime, lastSyncDuration, lastSyncBytes } = response as Record<string, unknown>;
  return {
    ...(ready === true ? { ready } : {}),
    ...(lastSyncTime instanceof Date ? { last_sync_time: { seconds: '<unix time>' } } : {}),
    ...(lastSyncDuration === undefined ? {} : { last_sync_duration: printDuration(lastSyncDuration) }),
    ...(typeof lastSyncBytes === 'number' && lastSyncBytes > 0 ? { last_sync_bytes: lastSyncBytes } : {}),
  };
};

const printDuration = (duration: unknown): object => {
  const { seconds } = duration as { seconds: number };
  return seconds === 0 ? {} : { seconds };
};

describe('the recording of ceph-csi', () => {
  const steps = readRecording();
  const outcomes = new Map<string, Outcome>();
  let clock = Date.UTC(2026, 0, 1, 12, 0, 2);
  let directory: string;
  let pair: ArrayPair;
  let volumeId: string;
  const drivers: DriverServer[] = [];
  const clients: ReturnType<typeof openClient>[] = [];
  const calls: ReturnType<typeof replicationCalls>[] = [];

  const call = async (step: RecordedStep): Promise<RecordedAnswer> => {
    const id = OTHER_VOLUMES[step.title] ?? volumeId;
    const answer = await calls[step.site - 1]![step.rpc]({
      volumeId: id,
      force: step.force,
      parameters: step.parameters ?? CLASS_PARAMETERS,
      secrets: step.title === 'enable: wrong key' ? { ...SECRETS, userKey: 'wrong' } : SECRETS,
      replicationId: '',
      replicationSource: { type: { $case: 'volume', value: { volumeId: id } } },
    });
    return maskAnswer({ ...answer, response: printResponse(answer.response) });
  };

  /** Repeats a call while the clock goes on, until as many different answers came as were recorded, and some time more. */
  const poll = async (step: RecordedStep): Promise<readonly RecordedAnswer[]> => {
    const recorded = step.polled ?? [];
    const answers: RecordedAnswer[] = [];
    const lingerMs = ((step.tookS ?? 0) - recorded.at(-1)!.atS) * 1_000;
    let remaining = PATIENCE_MS;
    clock += recorded[0]!.atS * 1_000;
    while (remaining >= 0) {
      const answer = await call(step);
      if (JSON.stringify(answer) !== JSON.stringify(answers.at(-1))) {
        answers.push(answer);
        if (answers.length >= recorded.length) remaining = lingerMs;
      }
      remaining -= POLL_MS;
      if (remaining >= 0) clock += POLL_MS;
    }
    return answers;
  };

  const replay = async (step: RecordedStep): Promise<void> => {
    clock += BETWEEN_STEPS_MS + (step.answer?.ms ?? 0);
    if (LOOKED_BEFORE.includes(step.title)) clock += DAEMON_LOOK_MS;
    const answers = step.polled === undefined ? [await call(step)] : await poll(step);
    const after = pair.sites.map((site) => maskStatus(site.mirrorStatus(volumeId)));
    outcomes.set(step.title, { answers, after });
  };

  const heed = (note: string): void => {
    if (note.startsWith('G. ')) {
      pair.sites[0].setFrozen(true);
      injectStderrFault(drivers[1]!, steps);
    }
    if (note.startsWith('site 1 thawed')) {
      pair.sites[0].setFrozen(false);
      clock += DAEMON_LOOK_MS;
    }
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'dr-'));
    let seed = 1;
    pair = createArrayPair({
      sites: ['site-a', 'site-b'],
      now: () => clock,
      random: () => {
        seed = (seed * 16_807) % 2_147_483_647;
        return seed / 2_147_483_647;
      },
      clusterId: 'rook',
      poolName: 'mirrored-pool',
      poolIds: [1, 1],
      credentials: SECRETS,
    });
    for (const array of pair.sites) {
      const socketPath = join(directory, `${array.name}.sock`);
      drivers.push(await serveDriver({ array, socketPath, driverName: 'rbd.csi.ceph.com' }));
      const opened = openClient(socketPath);
      clients.push(opened);
      calls.push(replicationCalls(opened));
    }
    const created = pair.sites[0].createVolume({ name: 'pvc', sizeBytes: 64 * 1_048_576, secrets: SECRETS });
    volumeId = created.response!.volumeId;
    pair.sites[0].write(volumeId, 0, new Uint8Array(8 * 1_048_576).fill(1));
    for (const step of steps) {
      if ('note' in step) heed(step.note);
      else await replay(step);
    }
  });

  afterAll(async () => {
    for (const client of clients) client.close();
    for (const driver of drivers) await driver.close();
    await rm(directory, { recursive: true, force: true });
  });

  for (const step of steps) {
    if ('note' in step) continue;
    const difference = KNOWN_DIFFERENCES[step.title];
    if (difference === undefined) {
      it(`is repeated: ${step.title}`, () => {
        expect(outcomes.get(step.title)).toEqual(expectedOutcome(step, outcomes.get(step.title)!));
      });
    } else {
      it(`differs still: ${step.title} (${difference})`, () => {
        expect(outcomes.get(step.title)).not.toEqual(expectedOutcome(step, outcomes.get(step.title)!));
      });
    }
  }

  it('lists only steps that exist', () => {
    expect(Object.keys(KNOWN_DIFFERENCES).filter((title) => !outcomes.has(title))).toEqual([]);
  });
});

/** What was recorded; where no status was, the one seen stands in. */
const expectedOutcome = (step: RecordedStep, seen: Outcome): Outcome => ({
  answers: (step.polled ?? [step.answer!]).map(({ code, message, response }) =>
    maskAnswer({ code, message, response }),
  ),
  after: step.after === undefined ? seen.after : [step.after.site1, step.after.site2].map(maskStatus),
});

/** A warning on rbd's stderr, which the driver took for a failure although the image had been promoted. */
const injectStderrFault = (driver: DriverServer, steps: ReturnType<typeof readRecording>): void => {
  const step = steps.find((entry) => 'title' in entry && entry.title === 'promote with force, peer dead');
  const message = (step as RecordedStep).answer!.message;
  driver.faults.inject({
    rpc: 'promote',
    force: true,
    times: 1,
    effect: { kind: 'error', code: 'Internal', message, carriedOut: true },
  });
};
