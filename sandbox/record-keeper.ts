import { type StartChild, startChild } from './child-process.ts';
import { type SandboxRecord, type Surroundings, updateRecord } from './record.ts';

/** Keeps the record of this sandbox true while its processes come and go. */
export type RecordKeeper = {
  readonly record: SandboxRecord;
  update(change: Partial<SandboxRecord>): Promise<void>;
  /** Starts a process that is on the record from its first moment to its last. */
  startChild: StartChild;
  /** Ends the keeping: what is written later would outlive the sandbox. */
  stop(): Promise<void>;
};

/** Begins with a record that has been claimed. */
export const keepRecord = (surroundings: Surroundings, claimed: SandboxRecord): RecordKeeper => {
  let record = claimed;
  let isStopped = false;
  let written = Promise.resolve();

  const update = (change: Partial<SandboxRecord>): Promise<void> => {
    record = { ...record, ...change };
    written = written.then(() => (isStopped ? undefined : updateRecord(surroundings, record)));
    return written;
  };

  return {
    get record() {
      return record;
    },
    update,
    startChild: async (options) => {
      const child = await startChild(options);
      await update({ children: [...record.children, child.pid] });
      void child.exited.then(() => update({ children: record.children.filter((pid) => pid !== child.pid) }));
      return child;
    },
    stop: () => {
      isStopped = true;
      return written;
    },
  };
};
