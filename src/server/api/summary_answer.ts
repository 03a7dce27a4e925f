/** The summary of the latest run, whole or without its long parts. */
import type { RunSummary } from "../../report/summary/summary.ts";
import { Refusal } from "../answers/api_error.ts";
import type { RunControl } from "../orders/run_control.ts";

/** `omit`: parts that are long with many rows or a long run, with commas; they are empty then. */
export function omitParts(summary: RunSummary, omit = ""): RunSummary {
  const parts = omit === "" ? [] : omit.split(",");
  const unknown = parts.find((each) => each !== "entries" && each !== "history");
  if (unknown !== undefined) throw new Refusal(422, `Cannot omit "${unknown}": choose from entries, history`, "omit");
  const { splits, measureHistory, ...rest } = summary;
  return {
    ...rest,
    ...(splits === undefined || parts.includes("entries") ? {} : { splits }),
    ...(measureHistory === undefined || parts.includes("history") ? {} : { measureHistory }),
    ...(!parts.includes("entries") ? {} : {
      entries: [],
      steady: summary.steady === null ? null : { ...summary.steady, entries: [] },
    }),
    ...(!parts.includes("history") ? {} : { history: [] }),
  };
}

/** @throws {Refusal} before the first run */
export function summaryNow(control: RunControl): RunSummary {
  const summary = control.summary();
  if (summary === undefined) throw new Refusal(404, "Cannot show the summary: no run has been started yet");
  return summary;
}
