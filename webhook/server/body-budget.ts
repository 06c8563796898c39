import type { IncomingMessage } from 'node:http';
import { longestBody, smallBody } from './read-body.ts';

/**
 * Bytes of bodies that are held at once. A body costs several times its length while it is read and judged: these fit into the memory limit of
 * the Deployment beside the caches. Large ones never take the room of small ones.
 */
const mostBytes = { large: 4 * longestBody, small: 16 * 1024 * 1024 };

/** Room for bodies. */
export type BodyBudget = {
  /** Takes room for a body of so many bytes; undefined where there is none now. What was taken is given back by calling the answer, once. */
  take(bytes: number): (() => void) | undefined;
};

/** Counts the bytes of the bodies that are held. A single one always finds room. */
export const createBodyBudget = (most = mostBytes): BodyBudget => {
  const held = { large: 0, small: 0 };
  return {
    take: (bytes) => {
      const size = bytes > smallBody ? 'large' : 'small';
      if (held[size] > 0 && held[size] + bytes > most[size]) return undefined;
      held[size] += bytes;
      return () => {
        held[size] -= bytes;
      };
    },
  };
};

/** Bytes that a body will take: what it says, and the most that is read where it says nothing. */
export const announcedBytes = ({ headers }: Pick<IncomingMessage, 'headers'>): number => {
  const announced = Number(headers['content-length'] ?? Number.NaN);
  return Number.isInteger(announced) && announced >= 0 ? Math.min(announced, longestBody) : longestBody;
};
