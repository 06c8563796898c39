/** A time of the API as milliseconds since the epoch; undefined where there is none or it is no time. */
export const millisecondsOf = (time: string | undefined): number | undefined => {
  const milliseconds = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
};
