const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const two = (large: number, largeUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;

const scale: readonly { below: number; say: (ms: number) => string }[] = [
  { below: -1 * second, say: () => '<invalid>' },
  { below: 0, say: () => '0s' },
  { below: 2 * minute, say: (ms) => `${Math.floor(ms / second)}s` },
  {
    below: 10 * minute,
    say: (ms) => two(Math.floor(ms / minute), 'm', Math.floor((ms % minute) / second), 's'),
  },
  { below: 3 * hour, say: (ms) => `${Math.floor(ms / minute)}m` },
  { below: 8 * hour, say: (ms) => two(Math.floor(ms / hour), 'h', Math.floor((ms % hour) / minute), 'm') },
  { below: 2 * day, say: (ms) => `${Math.floor(ms / hour)}h` },
  { below: 8 * day, say: (ms) => two(Math.floor(ms / day), 'd', Math.floor((ms % day) / hour), 'h') },
  { below: 2 * year, say: (ms) => `${Math.floor(ms / day)}d` },
  { below: 8 * year, say: (ms) => two(Math.floor(ms / year), 'y', Math.floor((ms % year) / day), 'd') },
];

/** A duration in milliseconds in the words of `k8s.io/apimachinery/pkg/util/duration`: `34s`, `5m10s`, `324d`. */
export const sayDuration = (ms: number): string =>
  scale.find(({ below }) => ms < below)?.say(ms) ?? `${Math.floor(ms / year)}y`;

/** How long ago a time was; `<unknown>` where there is none. `now` in milliseconds since the epoch. */
export const sayAge = (time: unknown, now: number): string => {
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(at) ? '<unknown>' : sayDuration(now - at);
};
