/** `a, b and 3 more`: the first few of many. */
export const listNames = (names: readonly string[], most = 5): string => {
  const shown = names.slice(0, most);
  const hidden = names.length - shown.length;
  return hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${hidden} more`;
};
