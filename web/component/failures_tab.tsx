/** @jsxImportSource preact */
/** The failures of a run in progress by row and text; each opens a sample of a response that failed so. */
import { signal, useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { SummaryFailure } from "../../src/report/summary/summary.ts";
import type { ApiFailure } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { createTableModel } from "../model/table_model.ts";
import { FAILURE_COLUMNS, textOfFailure } from "../view/failure_columns.ts";
import { formatClockTime, formatLocalDate, formatNumber, formatShare } from "../view/format.ts";
import { labelOf, shownName } from "../view/table_columns.ts";
import { FailureSample } from "./failure_sample.tsx";
import { LongText } from "./long_text.tsx";
import { FilterField, SortableHeader } from "./table_controls.tsx";

const COLUMNS = 8;

export function FailuresTab({ app }: { readonly app: AppState }) {
  const { api, live } = app;
  const failures = live.failures.value;
  const model = useMemo(() =>
    createTableModel<SummaryFailure>({
      columns: signal(FAILURE_COLUMNS),
      rows: live.failures,
      total: signal(undefined),
      textOf: textOfFailure,
    }), [live]);
  const known = useSignal<readonly ApiFailure[]>([]);
  // By key: to look for each among all of them would be the square of hundreds of long texts, every second.
  const samples = useMemo(() => new Map(known.value.map((each) => [keyOf(each), each.sample])), [known.value]);
  const opened = useSignal<ReadonlySet<string>>(new Set());
  // A sample is kept for each kind of failure: it is asked for again when there is a new kind.
  useEffect(() => {
    let isStale = false;
    api.failures().then((answer) => {
      if (!isStale) known.value = answer.failures;
    }, () => {}); // the counts are there without samples
    return () => isStale = true;
  }, [failures.length, live.run.value?.runId]);
  const all = live.total.value?.failures ?? 0;
  const toggle = (key: string) => {
    const keys = new Set(opened.value);
    if (!keys.delete(key)) keys.add(key);
    opened.value = keys;
  };
  const [counts, ...others] = FAILURE_COLUMNS.map((column) => (
    <SortableHeader key={column.title} column={column} model={model} />
  ));
  return (
    <>
      <div class="table-tools">
        <FilterField model={model} what="failures" count={model.rows.value.length} of={failures.length} unit="kind" />
      </div>
      <div class="scroll card" tabIndex={0} role="group" aria-label="Failures, scrolling">
        <table class="failures" aria-label="Failures">
          <thead>
            <tr>
              {counts}
              <th scope="col" class="number extra">Share</th>
              {others}
              <th scope="col">Sample</th>
            </tr>
          </thead>
          <tbody>
            {model.rows.value.map((failure) => {
              const key = keyOf(failure);
              const sample = samples.get(key) ?? null;
              const isOpen = sample !== null && opened.value.has(key);
              return (
                <Fragment key={key}>
                  <FailureRow
                    failure={failure}
                    all={all}
                    isOpen={isOpen}
                    onRow={() => app.openRow(labelOf(failure))}
                    {...(sample === null ? {} : { onSample: () => toggle(key) })}
                  />
                  {isOpen && (
                    <tr class="sample-row">
                      <td colSpan={COLUMNS}>
                        <FailureSample sample={sample} label={failure.text} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}

function keyOf({ method, name, text }: Pick<SummaryFailure, "method" | "name" | "text">): string {
  return JSON.stringify([method, name, text]);
}

interface FailureRowProps {
  readonly failure: SummaryFailure;
  /** Failures of all kinds. */
  readonly all: number;
  readonly isOpen: boolean;
  /** Leads to the row that failed. */
  readonly onRow: () => void;
  /** Absent where no sample was kept. */
  readonly onSample?: () => void;
}

function FailureRow({ failure, all, isOpen, onRow, onSample }: FailureRowProps) {
  const { method, name, text, count, firstAt, lastAt } = failure;
  return (
    <tr>
      <td class="number fails">{formatNumber(count)}</td>
      <td class="number extra">{formatShare(all > 0 ? count / all : null)}</td>
      <td class="extra">{method}</td>
      <td class="wrap">
        <button type="button" class="link clamped" title={name} onClick={onRow}>{shownName(name)}</button>
      </td>
      <td class="wrap">
        <LongText text={text} what={`the failure of ${labelOf(failure)}`} />
      </td>
      <td class="date extra" title={formatLocalDate(firstAt)}>{formatClockTime(firstAt)}</td>
      <td class="date extra" title={formatLocalDate(lastAt)}>{formatClockTime(lastAt)}</td>
      <td>
        {onSample === undefined ? <span class="muted">none</span> : (
          <button
            type="button"
            class="small-button"
            aria-expanded={isOpen}
            aria-label={`Show sample of ${text} at ${labelOf(failure)}`}
            onClick={onSample}
          >
            Show
          </button>
        )}
      </td>
    </tr>
  );
}
