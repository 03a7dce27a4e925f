/**
 * Keeps a verdict readable when the same is true of hundreds of workers: the first few are told, the rest are counted. Pure; who
 * wants each of them finds it in the workers table and the journal.
 */
import type { VerdictDoubt } from "./verdict.ts";

/** So many alike are told one by one. */
const TOLD = 10;

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
    const more = group.length - TOLD;
    if (more <= 1) return group;
    const { kind, severity, advice } = group[TOLD]!;
    return [...group.slice(0, TOLD), { kind, severity, sentence: `The same is true ${more} times more`, advice }];
  });
}

/** Notes beyond the first ten as one sentence that `sayMore` makes of their number. */
export function condenseNotes(notes: readonly string[], sayMore: (count: number) => string): readonly string[] {
  const more = notes.length - TOLD;
  return more <= 1 ? notes : [...notes.slice(0, TOLD), sayMore(more)];
}
