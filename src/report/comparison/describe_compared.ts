/** The name of what is compared: of a row its method and name, of all others the scope that `--fail-on` takes. Pure. */
import { formatScope, TOTAL_NAME } from "../../stats/thresholds/threshold.ts";
import { formatSplit } from "../../stats/thresholds/split_scope.ts";
import type { Compared } from "./compared_row.ts";

/**
 * `GET /items`, `tag region=eu`, `scenario checkout GET /items`, `checks{has items}`,
 * `tag region=eu checks{has items}`, `metrics{queue}`.
 */
export function describeCompared(row: Compared): string {
  const { tag, value } = "tag" in row ? row : {};
  const split = tag === undefined || value === undefined ? {} : { split: { tag, value } };
  if ("of" in row) return formatScope({ kind: "measures", of: row.of, match: "exact", text: row.name, ...split });
  const name = `${row.method} ${row.name}`.trim();
  if (split.split === undefined) return name;
  return name === TOTAL_NAME ? formatSplit(split.split) : `${formatSplit(split.split)} ${name}`;
}
