/** Says what is wrong with the limit of a share, which is in % here and a part of 1 in other tools. Pure. */
import type { Operator } from "./threshold.ts";

/**
 * What was expected; undefined: the limit is one. `hasUnit`: a "%" follows it. `isOfMeasures`: a share of checks or of
 * a metric, and not of requests. `count`: the statistic that is a number, if there is one.
 */
export function findShareProblem(
  { limit, operator, hasUnit, isOfMeasures, count }: {
    readonly limit: number;
    readonly operator: Operator;
    readonly hasUnit: boolean;
    readonly isOfMeasures: boolean;
    readonly count: string | undefined;
  },
): string | undefined {
  if (limit > 100) {
    return `expected at most 100: this statistic is a share in %${
      count === undefined ? "" : `; ${count} is their number`
    }`;
  }
  // Meant as a part of 1, nearly every run would meet it. The other way round ("failures < 0.01") it is stricter than meant, which shows.
  const holdsAlways = isOfMeasures && operator.startsWith(">") && limit > 0 && limit <= 1;
  if (hasUnit || !holdsAlways) return undefined;
  return `expected ${asPercent(limit * 100)} or ${asPercent(limit)}: this statistic is a share in %`;
}

function asPercent(value: number): string {
  return `"${Number(value.toPrecision(12))}%"`;
}
