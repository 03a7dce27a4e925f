/** The arrivals of a run in one sentence, for the report and the summary in Markdown. Pure. */
import { formatAmount } from "../../base/text/text.ts";
import type { SummaryArrivals, SummaryClassArrivals } from "./load_summary.ts";

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

/**
 * A sentence for each class with a target rate, and for each with arrivals where there are several:
 * `Reader: 1969 of 2000 tasks of its target rate were started`, `Buyer: 198 of 400 arrivals were started, 202 dropped`.
 */
export function describeClassArrivals(
  { classArrivals = [] }: { readonly classArrivals?: readonly SummaryClassArrivals[] | undefined },
): readonly string[] {
  return classArrivals.filter(({ kind }) => kind === "target" || classArrivals.length > 1).map((each) => {
    const { name, kind, asked, started, dropped, waiting } = each;
    const whose = kind === "target"
      ? `${formatAmount(asked, "task")} of its target rate`
      : formatAmount(asked, "arrival");
    const parts = [
      `${name}: ${started} of ${whose} were started`,
      ...(dropped > 0 ? [`${dropped} dropped`] : []),
      ...(waiting > 0 ? [`${waiting} not yet`] : []),
    ];
    return parts.join(", ");
  });
}
