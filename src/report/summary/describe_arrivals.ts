/** The arrivals of a run in one sentence, for the report and the summary in Markdown. Pure. */
import { formatAmount } from "../../base/text.ts";
import type { RunSummary, SummaryArrivals } from "./summary.ts";

/** `2500 arrivals asked for: 2480 started, 12 of them late, 20 dropped`; what is 0 is left out, but for those started. */
export function describeArrivalCounts({ planned, asked, started, dropped, waiting, late }: SummaryArrivals): string {
  const all = Math.max(planned, asked);
  const parts = [
    `${started} started${late > 0 ? `, ${late} of them late` : ""}`,
    ...(dropped > 0 ? [`${dropped} dropped`] : []),
    ...(waiting > 0 ? [`${waiting} never started`] : []),
    ...(all > asked ? [`${all - asked} lost`] : []),
  ];
  return `${formatAmount(all, "arrival")} asked for: ${parts.join(", ")}`;
}

/** One sentence for each class with a target rate: `Reader: 1969 of 2000 tasks of its target rate were started`. */
export function describeTargets({ classArrivals = [] }: Pick<RunSummary, "classArrivals">): readonly string[] {
  return classArrivals.filter(({ kind }) => kind === "target").map(({ name, asked, started }) =>
    `${name}: ${started} of ${asked} tasks of its target rate were started`
  );
}
