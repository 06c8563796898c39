import { messageOf } from '../core/model/error.ts';
import type { Answers, Failure, Rpc } from '../core/replication/answer.ts';
import type { Facts } from '../core/replication/facts.ts';
import { readClassParameters } from '../core/replication/parameters.ts';
import type { Step } from '../core/replication/step.ts';
import type { Reconciler } from './reconciler.ts';
import { redactAnswer } from './redact.ts';

const rpcNames = {
  enable: 'EnableVolumeReplication',
  disable: 'DisableVolumeReplication',
  promote: 'PromoteVolume',
  demote: 'DemoteVolume',
  resync: 'ResyncVolume',
  info: 'GetVolumeReplicationInfo',
  destination: 'GetReplicationDestinationInfo',
} as const satisfies Record<Rpc, string>;

type DriverInput = {
  parameters: Readonly<Record<string, string>>;
  secrets: Readonly<Record<string, string>>;
  secret: { name: string; namespace: string } | undefined;
};

const readDriverInput = async (reconciler: Reconciler, facts: Facts): Promise<DriverInput> => {
  const read = readClassParameters(facts.replicationClass?.spec.parameters);
  if (!read.ok) return { parameters: {}, secrets: {}, secret: undefined };
  const { forDriver, secret } = read.parameters;
  return {
    parameters: forDriver,
    secrets: secret === undefined ? {} : await reconciler.secrets.read(secret),
    secret,
  };
};

const showWait = async (reconciler: Reconciler, facts: Facts, rpc: Rpc): Promise<void> => {
  const seconds = reconciler.slowCallMs / 1000;
  const message = `waiting for the driver: ${rpcNames[rpc]} has not answered for ${seconds}s`;
  const { replication } = facts;
  try {
    const fresh = await reconciler.writer.writeStatus(replication, { message });
    reconciler.sources.caches.replications.observe(fresh);
  } catch (error) {
    reconciler.log.debug({ error: messageOf(error) }, 'Wait for the driver not shown');
  }
};

/**
 * One driver call, alone for its volume, with what goes wrong before it told as a driver would tell it. Undefined: `isStillWanted`
 * said no when its turn came, and no call was made.
 */
export const callDriver = async (
  reconciler: Reconciler,
  facts: Facts,
  { rpc, force }: Extract<Step, { do: 'call' }>,
  isStillWanted: () => boolean,
): Promise<NonNullable<Answers[keyof Answers]> | undefined> => {
  const { sources, locks, metrics, secrets: reader } = reconciler;
  const volumeHandle = facts.volume?.spec?.csi?.volumeHandle ?? '';
  let input: DriverInput;
  try {
    input = await readDriverInput(reconciler, facts);
  } catch (error) {
    const failure: Failure = { ok: false, code: 'Internal', description: messageOf(error) };
    return failure;
  }
  const { parameters, secrets, secret } = input;
  return locks.run(`${facts.driver.name}/${volumeHandle}`, async () => {
    if (!isStillWanted()) return undefined;
    let shown: Promise<void> | undefined;
    const slow = setTimeout(() => {
      shown = showWait(reconciler, facts, rpc);
    }, reconciler.slowCallMs);
    const stop = metrics.driverCall(rpc);
    const answer = await sources.driver.call({
      rpc,
      force,
      volumeHandle,
      replicationId: facts.replication.spec.replicationHandle ?? '',
      parameters,
      secrets,
    });
    clearTimeout(slow);
    // What the answer leads to must be written after it, not before.
    await shown;
    stop(answer.ok ? 'OK' : answer.code);
    if (!answer.ok && secret !== undefined) reader.forget(secret);
    return redactAnswer(answer, secrets);
  });
};
