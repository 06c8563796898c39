const unitMilliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of a Go duration (`1h30m`, `100ms`, `1.5s`, `0`); undefined where Go's parser would refuse it: days, no unit. */
export const parseGoDuration = (text: string): number | undefined => {
  const [, sign = '', rest = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return 0;
  if (rest === '') return undefined;
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < rest.length) {
    const [, number, unit] = part.exec(rest) ?? [];
    const milliseconds = unit === undefined ? undefined : unitMilliseconds[unit];
    if (milliseconds === undefined) return undefined;
    total += Number(number) * milliseconds;
  }
  return sign === '-' ? -total : total;
};

const intervalUnits: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of a `schedulingInterval` as ceph-csi takes it: digits and m, h or d. Undefined for anything else. */
export const parseSchedulingInterval = (text: string): number | undefined => {
  const [, digits, unit = ''] = /^(\d+)([mhd])$/.exec(text) ?? [];
  const milliseconds = intervalUnits[unit];
  return digits === undefined || milliseconds === undefined ? undefined : Number(digits) * milliseconds;
};

const trimZeros = (fraction: string): string => fraction.replace(/0+$/, '');

const decimal = (whole: number, fraction: number, digits: number): string => {
  const tail = trimZeros(String(fraction).padStart(digits, '0'));
  return tail === '' ? String(whole) : `${whole}.${tail}`;
};

const belowOneSecond = (nanos: number): string => {
  if (nanos === 0) return '0s';
  if (nanos < 1_000) return `${nanos}ns`;
  if (nanos < 1_000_000) return `${decimal(Math.floor(nanos / 1_000), nanos % 1_000, 3)}µs`;
  return `${decimal(Math.floor(nanos / 1_000_000), nanos % 1_000_000, 6)}ms`;
};

/**
 * The text of a Go `time.Duration`: `0s`, `150ms`, `1.5s`, `1m5s`, `1h0m0s`. Go clients parse it back.
 * Takes whole seconds and the nanoseconds beyond them, both of one sign, as protobuf holds them.
 */
export const formatGoDuration = ({ seconds, nanos }: { seconds: number; nanos: number }): string => {
  if (seconds < 0 || nanos < 0) return `-${formatGoDuration({ seconds: -seconds, nanos: -nanos })}`;
  if (seconds === 0) return belowOneSecond(nanos);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${decimal(seconds % 60, nanos, 9)}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
};
