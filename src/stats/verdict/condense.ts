/**
 * Keeps a verdict readable when the same is true of hundreds of workers: the first ten are listed, the rest are
 * counted. Pure. The workers table and the journal still have each of them.
 */
import type { VerdictDoubt } from "./doubt.ts";

/** More than ten sentences of one kind push everything else off the screen. */
const MAX_LISTED = 10;

/** The doubts of one kind and severity beyond the first ten as one sentence in their place. Order is kept. */
export function condenseDoubts(doubts: readonly VerdictDoubt[]): VerdictDoubt[] {
  const groups = new Map<string, VerdictDoubt[]>();
  for (const doubt of doubts) {
    const key = `${doubt.severity} ${doubt.kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [doubt]);
    else group.push(doubt);
  }
  return [...groups.values()].flatMap((group) => {
    const more = group.length - MAX_LISTED;
    if (more <= 1) return group;
    const { kind, severity, advice } = group[MAX_LISTED]!;
    return [...group.slice(0, MAX_LISTED), { kind, severity, sentence: `The same is true ${more} times more`, advice }];
  });
}

/** Notes beyond the first ten as one sentence that `sayMore` makes of their number. */
export function condenseNotes(notes: readonly string[], sayMore: (count: number) => string): readonly string[] {
  const more = notes.length - MAX_LISTED;
  return more <= 1 ? notes : [...notes.slice(0, MAX_LISTED), sayMore(more)];
}
