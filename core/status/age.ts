const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole}${rest}${unit}`;

/** A duration in milliseconds as kubectl prints ages (`HumanDuration`): `45s`, `3m12s`, `25m`, `5h3m`, `3d4h`, `2y11d`. */
export const formatAge = (milliseconds: number): string => {
  const whole = (unit: number) => Math.floor(milliseconds / unit);
  if (milliseconds < 2 * minute) return `${Math.max(0, whole(second))}s`;
  if (milliseconds < 10 * minute) return withRest(`${whole(minute)}m`, whole(second) % 60, 's');
  if (milliseconds < 3 * hour) return `${whole(minute)}m`;
  if (milliseconds < 8 * hour) return withRest(`${whole(hour)}h`, whole(minute) % 60, 'm');
  if (milliseconds < 2 * day) return `${whole(hour)}h`;
  if (milliseconds < 8 * day) return withRest(`${whole(day)}d`, whole(hour) % 24, 'h');
  if (milliseconds < 2 * year) return `${whole(day)}d`;
  if (milliseconds < 8 * year) return withRest(`${whole(year)}y`, whole(day) % 365, 'd');
  return `${whole(year)}y`;
};
