type Edit = { kind: ' ' | '-' | '+'; line: string };

const context = 3;

/** Lengths of the longest common subsequences of all tails of both lists. */
const commonTails = (before: readonly string[], after: readonly string[]): number[][] => {
  const tails = Array.from({ length: before.length + 1 }, () => new Array<number>(after.length + 1).fill(0));
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--) {
      const below = tails[row + 1] ?? [];
      const here = tails[row] ?? [];
      here[column] =
        before[row] === after[column]
          ? 1 + (below[column + 1] ?? 0)
          : Math.max(below[column] ?? 0, here[column + 1] ?? 0);
    }
  return tails;
};

const editsOf = (before: readonly string[], after: readonly string[]): Edit[] => {
  const tails = commonTails(before, after);
  const edits: Edit[] = [];
  let row = 0;
  let column = 0;
  while (row < before.length || column < after.length) {
    const old = before[row];
    const fresh = after[column];
    if (old !== undefined && old === fresh) {
      edits.push({ kind: ' ', line: old });
      row += 1;
      column += 1;
    } else if (old !== undefined && (tails[row + 1]?.[column] ?? 0) >= (tails[row]?.[column + 1] ?? 0)) {
      edits.push({ kind: '-', line: old });
      row += 1;
    } else {
      edits.push({ kind: '+', line: fresh ?? '' });
      column += 1;
    }
  }
  return removalsFirst(edits);
};

/** In a run of changes, what went stands before what came, as in any unified diff. */
const removalsFirst = (edits: readonly Edit[]): Edit[] => {
  const ordered: Edit[] = [];
  let run: Edit[] = [];
  const flush = () => {
    ordered.push(...run.filter(({ kind }) => kind === '-'), ...run.filter(({ kind }) => kind === '+'));
    run = [];
  };
  for (const edit of edits) {
    if (edit.kind !== ' ') run.push(edit);
    else {
      flush();
      ordered.push(edit);
    }
  }
  flush();
  return ordered;
};

/** Ranges of edits that show each change with its context; ranges that touch are one. */
const hunksOf = (edits: readonly Edit[]): { from: number; to: number }[] => {
  const hunks: { from: number; to: number }[] = [];
  for (const [index, { kind }] of edits.entries()) {
    if (kind === ' ') continue;
    const from = Math.max(0, index - context);
    const to = Math.min(edits.length, index + context + 1);
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
};

const countOf = (edits: readonly Edit[], without: '-' | '+'): number =>
  edits.filter(({ kind }) => kind !== without).length;

const range = (start: number, length: number): string =>
  length === 1 ? String(start + 1) : `${length === 0 ? start : start + 1},${length}`;

/** A unified diff of two lists of lines, three lines of context, no file names; empty where they are equal. */
export const diffLines = (before: readonly string[], after: readonly string[]): string => {
  const edits = editsOf(before, after);
  return hunksOf(edits)
    .map(({ from, to }) => {
      const shown = edits.slice(from, to);
      const earlier = edits.slice(0, from);
      const old = range(countOf(earlier, '+'), countOf(shown, '+'));
      const fresh = range(countOf(earlier, '-'), countOf(shown, '-'));
      return [`@@ -${old} +${fresh} @@`, ...shown.map(({ kind, line }) => kind + line), ''].join('\n');
    })
    .join('');
};
