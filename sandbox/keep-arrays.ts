import { createHash } from 'node:crypto';
import { messageOf } from '../core/model/error.ts';
import type { ArrayPair } from './storage/array-pair.ts';
import { writeArrays } from './storage/state-directory.ts';

/** Writes the arrays to disk while they change. */
export type ArrayKeeper = {
  /** Writes now what has changed. */
  save(): Promise<void>;
  stop(): Promise<void>;
};

const everyMs = 2_000;

/** Keeps the arrays of a pair in a directory: every two seconds what has changed, and at the end. */
export const keepArrays = (options: {
  pair: ArrayPair;
  directory: string;
  onFailure: (message: string) => void;
}): ArrayKeeper => {
  const { pair, directory, onFailure } = options;
  let last = '';
  let going = Promise.resolve();
  const write = async (): Promise<void> => {
    const saved = pair.save();
    const digest = createHash('sha256').update(saved.state).update(saved.blocks).digest('hex');
    if (digest === last) return;
    await writeArrays(directory, saved);
    last = digest;
  };
  const save = (): Promise<void> => {
    going = going
      .then(write)
      .catch((thrown: unknown) => onFailure(`storage is not kept: ${messageOf(thrown)}`));
    return going;
  };
  const timer = setInterval(() => void save(), everyMs);
  return {
    save,
    stop: () => {
      clearInterval(timer);
      return save();
    },
  };
};
