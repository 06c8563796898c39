const cleaned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(cleaned);
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value;
};

/** An object without members that are null, at any depth: to an API server they are not there. */
export const withoutNulls = <T extends object>(object: T): T =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => [key, cleaned(value)]),
  ) as T;
