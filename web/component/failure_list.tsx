/** @jsxImportSource preact */
/** Failures of requests by row and text, and exceptions of user code with their place in the locustfile. */
import type { SummaryException, SummaryFailure } from "../../src/report/summary/summary.ts";
import { EXCEPTION_COLUMNS, FAILURE_COLUMNS } from "../view/failure_columns.ts";
import { formatDate, formatNumber, formatShare } from "../view/format.ts";
import { labelOf, shownName } from "../view/table_columns.ts";
import { LongText } from "./long_text.tsx";
import { useSorted } from "./table_controls.tsx";

interface FailureListProps {
  readonly failures: readonly SummaryFailure[];
  readonly label: string;
  /** Of all requests: with it each kind has its share. */
  readonly total?: { readonly failures: number } | undefined;
  /** Leads to the row that failed. */
  readonly onOpen?: (label: string) => void;
}

/** More of them scroll in a box of their own. */
export const MANY_ROWS = 100;

export function FailureList({ failures, label, total, onOpen }: FailureListProps) {
  const all = total?.failures;
  const { rows, headers: [counts, ...others] } = useSorted(failures, FAILURE_COLUMNS);
  return (
    <div
      class={failures.length > MANY_ROWS ? "scroll card many" : "scroll card"}
      tabIndex={0}
      role="group"
      aria-label={label}
    >
      <table aria-label={label}>
        <thead>
          <tr>
            {counts}
            {all !== undefined && <th scope="col" class="number extra">Share</th>}
            {others}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ method, name, text, count, firstAt, lastAt }) => (
            <tr>
              <td class="number fails">{formatNumber(count)}</td>
              {all !== undefined && <td class="number extra">{formatShare(all > 0 ? count / all : null)}</td>}
              <td class="extra">{method}</td>
              <td class="wrap">
                {onOpen === undefined ? <LongText text={shownName(name)} what="the name" /> : (
                  <button
                    type="button"
                    class="link clamped"
                    title={name}
                    onClick={() => onOpen(labelOf({ method, name }))}
                  >
                    {shownName(name)}
                  </button>
                )}
              </td>
              <td class="wrap">
                <LongText text={text} what={`the failure of ${labelOf({ method, name })}`} />
              </td>
              <td class="date extra">{formatDate(firstAt)}</td>
              <td class="date extra">{formatDate(lastAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ExceptionList({ exceptions }: { readonly exceptions: readonly SummaryException[] }) {
  const { rows, headers } = useSorted(exceptions, EXCEPTION_COLUMNS);
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Exceptions">
      <table aria-label="Exceptions">
        <thead>
          <tr>{headers}</tr>
        </thead>
        <tbody>
          {rows.map(({ message, where, stack, count, workers }) => (
            <tr>
              <td class="number fails">{formatNumber(count)}</td>
              <td>{where}</td>
              <td class="wrap">
                <LongText text={message} what={`the exception of ${where}`} />
                <pre>{stack}</pre>
              </td>
              <td class="extra">{workers.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
