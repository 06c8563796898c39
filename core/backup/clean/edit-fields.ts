/** The members of any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Without the members that `isDropped` says; the same object where there are none. */
export const withoutFields = <T extends Fields>(fields: T, isDropped: (name: string) => boolean): T =>
  Object.keys(fields).some(isDropped)
    ? (Object.fromEntries(Object.entries(fields).filter(([name]) => !isDropped(name))) as T)
    : fields;

/** Without the members of these names. */
export const without = <T extends Fields>(fields: T, ...names: readonly string[]): T =>
  withoutFields(fields, (name) => names.includes(name));

/**
 * Changes what one member holds, where it holds fields; it goes when nothing is left of it. What was not changed stays the very
 * same object.
 */
export const editField = <T extends Fields>(fields: T, name: string, edit: (inner: Fields) => Fields): T => {
  const inner = fields[name];
  if (!isFields(inner)) return fields;
  const edited = edit(inner);
  if (edited === inner) return fields;
  return Object.keys(edited).length === 0 ? without(fields, name) : { ...fields, [name]: edited };
};

/** Changes what a chain of members holds: `spec`, `template`, `metadata`. */
export const editPath = <T extends Fields>(
  fields: T,
  [first, ...rest]: readonly string[],
  edit: (inner: Fields) => Fields,
): T => {
  if (first === undefined) return edit(fields) as T;
  return editField(fields, first, (inner) => editPath(inner, rest, edit));
};

/** Takes annotations away. */
export const withoutAnnotations = <T extends Fields>(object: T, isDropped: (name: string) => boolean): T =>
  editPath(object, ['metadata', 'annotations'], (annotations) => withoutFields(annotations, isDropped));
