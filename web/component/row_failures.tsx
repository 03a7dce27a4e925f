/** @jsxImportSource preact */
/** The failures of one row of the statistics, each with a sample of a response that failed so. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { SummaryFailure } from "../../src/report/summary/summary.ts";
import type { ApiFailure } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { formatClockTime, formatNumber, formatShare } from "../view/format.ts";
import { FailureSample } from "./failure_sample.tsx";

interface RowFailuresProps {
  readonly app: AppState;
  readonly label: string;
  readonly failures: readonly SummaryFailure[];
}

export function RowFailures({ app, label, failures }: RowFailuresProps) {
  const known = useSignal<readonly ApiFailure[]>([]);
  // A sample is kept for each kind of failure: it is asked for again when there is a new kind.
  useEffect(() => {
    let isStale = false;
    app.api.failures(label).then((answer) => {
      if (!isStale) known.value = answer.failures;
    }, () => {}); // the counts are there without samples
    return () => isStale = true;
  }, [label, failures.length]);
  const all = failures.reduce((sum, { count }) => sum + count, 0);
  return (
    <section class="row-failures" aria-label={`Failures of ${label}`}>
      <h3>Failures</h3>
      <ul>
        {failures.map(({ text, count, firstAt, lastAt }) => {
          const sample = known.value.find((each) => each.text === text)?.sample ?? null;
          return (
            <li key={text}>
              <p class="failure-line">
                <b class="failure-count">{formatNumber(count)}</b>
                <span class="failure-text">{text}</span>
              </p>
              <p class="note">
                {formatShare(all > 0 ? count / all : null)} of its failures, from {formatClockTime(firstAt)} to{" "}
                {formatClockTime(lastAt)}
              </p>
              {sample !== null && (
                <details>
                  <summary>Sample of a failed response</summary>
                  <FailureSample sample={sample} label={text} />
                </details>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
