/** Numbers of iterations that were asked for, in words: for tables, reports and the web UI. Pure. */
import type { SummaryIterations } from "./load_summary.ts";

/** How many are over, and of how many, over all plans. */
export function countIterations(list: readonly SummaryIterations[]): { readonly done: number; readonly asked: number } {
  return {
    done: list.reduce((sum, { ended, interrupted }) => sum + ended + interrupted, 0),
    asked: list.reduce((sum, each) => sum + each.asked, 0),
  };
}

/** `340 of 1000 iterations`, over all plans. */
export function describeIterationProgress(list: readonly SummaryIterations[]): string {
  const { done, asked } = countIterations(list);
  return `${done} of ${asked} iterations`;
}

/** `1000 iterations asked for: 990 ended, 2 interrupted, 8 unknown`; what is 0 is left out, but for those that ended. */
export function describeIterations({ name, asked, started, ended, interrupted, unknown }: SummaryIterations): string {
  const underWay = Math.max(0, started - ended - interrupted);
  const never = Math.max(0, asked - started - unknown);
  const parts = [
    `${ended} ended`,
    ...(underWay > 0 ? [`${underWay} under way`] : []),
    ...(interrupted > 0 ? [`${interrupted} interrupted`] : []),
    ...(never > 0 ? [`${never} never started`] : []),
    ...(unknown > 0 ? [`${unknown} unknown (given to a worker or thread that was lost)`] : []),
  ];
  const what = asked === 1 ? "1 iteration" : `${asked} iterations`;
  return `${what}${name === "" ? "" : ` of ${name}`} asked for: ${parts.join(", ")}`;
}
