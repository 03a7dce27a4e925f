/** Says what is wrong with the limit of a share, which is in % here and a part of 1 in other tools. Pure. */
import type { Operator } from "./threshold.ts";

/** What was expected; undefined: the limit is one. `hasUnit`: a "%" follows it. `count`: the statistic that is a number, if there is one. */
export function findShareProblem(
  { limit, operator, hasUnit, count }: {
    readonly limit: number;
    readonly operator: Operator;
    readonly hasUnit: boolean;
    readonly count: string | undefined;
  },
): string | undefined {
  if (limit > 100) {
    return `expected at most 100: this statistic is a share in %${
      count === undefined ? "" : `; ${count} is their number`
    }`;
  }
  // As a part of 1 it would be met by nearly everything here, or by nearly nothing.
  const mayBeFraction = limit > 0 && (limit < 1 || (limit === 1 && operator.startsWith(">")));
  if (hasUnit || !mayBeFraction) return undefined;
  return `expected ${asPercent(limit * 100)} or ${asPercent(limit)}: this statistic is a share in %`;
}

function asPercent(value: number): string {
  return `"${Number(value.toPrecision(12))}%"`;
}
