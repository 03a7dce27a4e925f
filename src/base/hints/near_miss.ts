/** Finds the word that a mistyped one was probably meant to be. Pure. */

/**
 * Edits (insert, delete, replace, swap neighbours) that turn `a` into `b`: the optimal string alignment distance. More
 * than `limit` are Infinity, found in a time that grows with the limit and the shorter text only.
 */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: Math.min(b.length, limit) + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    // A cell farther from the diagonal than the limit costs more than it.
    const [first, end] = [Math.max(1, row - limit), Math.min(b.length, row + limit)];
    const current: number[] = [];
    current[first - 1] = first === 1 ? row : Infinity;
    let least = current[first - 1] ?? Infinity;
    for (let column = first; column <= end; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? Infinity) + 1,
        (current[column - 1] ?? Infinity) + 1,
        (last[column - 1] ?? Infinity) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? Infinity) + 1);
      }
      current[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit) return Infinity; // no way through this row, and a swap over it costs as much as its last cell
    beforeLast = last;
    last = current;
  }
  const distance = last[b.length] ?? Infinity;
  return distance > limit ? Infinity : distance;
}

/** A long word with more differences is another word, and comparing thousands of long names must not take seconds. */
const MOST_EDITS = 10;

/**
 * The candidate nearest to `word`, or undefined when none is near: at most 40 % of the longer word's letters may
 * differ, and at most 10. Letter case does not count as a difference. The first of equally near ones wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const lowered = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const bound = Math.min(Math.floor(Math.max(word.length, candidate.length) * 0.4), MOST_EDITS);
    const distance = editDistance(lowered, candidate.toLowerCase(), Math.min(bound, bestDistance - 1));
    if (distance <= bound && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
