/**
 * Turns in the shares of numbers of users: who has a third of the users takes every third start. Pure. The turns of one
 * receiver are spread over the round, so that it does not have to make all its starts in a row.
 */

/** As many turns as an order may give to one receiver: `protocol/wire/parse_arrivals.ts`. */
const MAX_TURNS = 4096;

export interface Turns {
  readonly of: number;
  /** Ascending, for each of the given numbers in their order. */
  readonly slots: readonly (readonly number[])[];
}

/** One turn for each user; beyond `MAX_TURNS`, in their shares. Without users there is one turn, and nobody has it. */
export function turnsByUsers(users: readonly number[]): Turns {
  const total = users.reduce((sum, each) => sum + each, 0);
  const of = Math.min(total, MAX_TURNS);
  if (of === 0) return { of: 1, slots: users.map(() => []) };
  let before = 0;
  const turns = users.map((each) => {
    const from = Math.round(before * of / total);
    before += each;
    return Math.round(before * of / total) - from;
  });
  return { of, slots: deal(Array.from({ length: of }, (_, slot) => slot), turns) };
}

/** Deals slots out in the shares of weights, none of which is negative: who is furthest behind gets the next one. */
export function deal(slots: readonly number[], weights: readonly number[]): number[][] {
  const dealt: number[][] = weights.map(() => []);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  if (sum === 0) return dealt;
  const behind = weights.map(() => 0);
  for (const slot of slots) {
    let next = 0;
    for (let i = 0; i < weights.length; i++) {
      behind[i] = (behind[i] as number) + (weights[i] as number);
      if ((behind[i] as number) > (behind[next] as number)) next = i;
    }
    behind[next] = (behind[next] as number) - sum;
    dealt[next]?.push(slot);
  }
  return dealt;
}
