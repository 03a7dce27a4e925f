/** Says in sentences what a user of `--once` has counted beside its requests: checks, metrics, transactions. Pure. */
import { formatPassRate } from "../base/measured_value.ts";
import type { MeasureBook } from "../stats/measures/measure_book.ts";

export function describeMeasures(book: MeasureBook): readonly string[] {
  const { checks, metrics, transactions } = book.rows();
  return [
    ...checks.map(({ name, passes, fails }) =>
      `the check "${name}" ${
        fails === 0 ? "passed" : passes === 0 ? "failed" : `passed in ${formatPassRate(passes, fails)}`
      }`
    ),
    ...transactions.map(({ name, failures, cutOff, times }) =>
      times.count === 0
        ? `the transaction "${name}" was cut off`
        : `the transaction "${name}" ${failures === 0 ? "ended" : "failed"} after ${
          ((times.maxUs ?? 0) / 1000).toFixed(0)
        } ms${cutOff === 0 ? "" : ", and was cut off once"}`
    ),
    ...metrics.map(({ kind, name }) => `the ${kind} "${name}" got a value`),
  ];
}
