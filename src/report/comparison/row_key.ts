/**
 * The keys of series within a comparison. Those of rows have a NUL between method and name, which JSON never has: so no
 * key of another sort is equal to one. Pure.
 */
import type { MeasureFamily } from "../../stats/thresholds/threshold.ts";

export function rowKey(method: string, name: string): string {
  return `${method}\0${name}`;
}

/** Of a row of the requests with one value of a tag. */
export function splitKey(tag: string, value: string, method: string, name: string): string {
  return JSON.stringify(["tag", tag, value, method, name]);
}

/** Of a check, metric or transaction; `busy`: of the times of a transaction without think time. */
export function measureKey(
  of: MeasureFamily | "busy",
  name: string,
  split?: { readonly tag: string; readonly value: string },
): string {
  return JSON.stringify(split === undefined ? [of, name] : [of, name, split.tag, split.value]);
}
