import { DrError } from '../../core/model/error.ts';
import { type Holder, leaseState } from '../../core/operation/lease.ts';
import { isResumable, type Operation } from '../../core/operation/read-record.ts';
import type { ClaimKey } from '../../core/protection/claims-of-volume.ts';
import type { Sites } from '../door/clusters.ts';
import type { Io } from '../io.ts';
import { readOperations, type UntoldRecords, whyUntold } from './read-operations.ts';

/** Which operation is meant: by name, else the latest in a namespace that is not over. */
export type WantedOperation = {
  readonly name: string | undefined;
  readonly namespace: string;
};

/** It may be there, where nobody could look. */
const notTold = ({ name, namespace }: WantedOperation, untold: readonly UntoldRecords[]): DrError => {
  const what = name === undefined ? 'an operation that is not over' : `operation ${name}`;
  return new DrError({
    code: 'RecordsUnread',
    message: `whether there is ${what} in namespace ${namespace} is not known, as records cannot be read: ${whyUntold(untold)}`,
    hint: 'try again once the site answers',
  });
};

const notFound = ({ name, namespace }: WantedOperation): DrError =>
  new DrError({
    code: 'NotFound',
    message:
      name === undefined
        ? `there is no operation in namespace ${namespace} that is not over`
        : `operation ${name} not found in namespace ${namespace}`,
    hint: 'see what there is: kubectl dr history -A',
  });

/** Stopped, or its command has ended without a word: whether it is still at work is found out when it is taken over. */
const mayGoOn = (operation: Operation): boolean => operation.phase === 'Running' || isResumable(operation);

const isIn = ({ volumes }: Operation, namespace: string): boolean =>
  volumes.some((volume) => volume.namespace === namespace);

/** The claims of an operation. */
export const claimsOfOperation = ({ volumes }: Operation): readonly ClaimKey[] =>
  volumes.map(({ namespace, persistentVolumeClaim }) => ({ namespace, name: persistentVolumeClaim }));

/** Finds an operation on the sites that can be read. Throws a `DrError` where there is none. */
export const findOperation = async (
  sites: Sites,
  wanted: WantedOperation,
  io: Pick<Io, 'signal'>,
): Promise<Operation> => {
  const all = sites.there === undefined ? [sites.here] : [sites.here, sites.there];
  const { operations, untold } = await readOperations(all, [wanted.namespace], io.signal);
  const { name, namespace } = wanted;
  const found =
    name === undefined
      ? operations.find((operation) => mayGoOn(operation) && isIn(operation, namespace))
      : operations.find((operation) => operation.name === name);
  if (found === undefined) throw untold.length > 0 ? notTold(wanted, untold) : notFound(wanted);
  return found;
};

/** Whether its command is known to have ended. */
export const hasStopped = (
  { phase, lease }: Operation,
  me: Holder,
  isAlive: (pid: number) => boolean,
): boolean => phase !== 'Running' || ['free', 'left'].includes(leaseState(lease, me, isAlive));
