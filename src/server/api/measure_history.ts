/** Answers `GET /api/v1/measure-history?of=checks&name=…`: what a check, a transaction or a metric counted from step to step. */
import { METRIC_KINDS } from "../../protocol/measures_message.ts";
import type { SummaryMeasureHistory } from "../../report/summary/summary_history.ts";
import { toMeasureHistory } from "../../report/summary/measure_steps.ts";
import { MEASURE_FAMILIES } from "../../stats/thresholds/threshold.ts";
import { Refusal } from "../answers/api_error.ts";
import type { RunFeed } from "../feed/run_feed.ts";

/** Without steps where it has counted nothing, or came after those that have a history. */
export function readMeasureHistory(
  { builder }: Pick<RunFeed, "builder">,
  query: (name: string) => string | undefined,
): SummaryMeasureHistory {
  const [family, name, kindText] = [query("of"), query("name"), query("kind")];
  const of = MEASURE_FAMILIES.find((each) => each === family);
  if (of === undefined) {
    throw new Refusal(422, `Cannot use of: give one of ${MEASURE_FAMILIES.join(", ")}`, "of");
  }
  if (name === undefined) throw new Refusal(422, "Cannot show the history: no name is given; add &name=NAME", "name");
  const kind = METRIC_KINDS.find((each) => each === kindText);
  if (of === "metrics" && kind === undefined) {
    throw new Refusal(422, `Cannot use kind: give one of ${METRIC_KINDS.join(", ")}`, "kind");
  }
  const key = { of, name, ...(of !== "metrics" || kind === undefined ? {} : { kind }) };
  const history = builder.measures?.find(key);
  return history === undefined ? { ...key, steps: [] } : toMeasureHistory(history);
}
