/** @jsxImportSource preact */
/** This run beside an earlier one: row by row, and as lines in the charts. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import type { ApiRunListing } from "../../src/server/answers/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { type ComparedRow, compareRuns, formatChange } from "../view/compare_runs.ts";
import { formatLocalDate, formatMs, formatNumber, formatRate, formatShare, NONE } from "../view/format.ts";

/** The run that was chosen to compare with, also while another tab is open. */
export interface EarlierRun {
  readonly id: string;
  /** Until it has come. */
  readonly summary: RunSummary | undefined;
}

interface CompareTabProps {
  readonly app: AppState;
  readonly earlier: EarlierRun | undefined;
  readonly onEarlier: (earlier: EarlierRun | undefined) => void;
}

export function CompareTab({ app: { api, live, table, total }, earlier, onEarlier }: CompareTabProps) {
  const runs = useSignal<readonly ApiRunListing[]>([]);
  const problem = useSignal("");
  const own = live.run.value?.runId ?? null;
  useEffect(() => {
    api.runs().then((answer) => runs.value = answer.runs, (error) => problem.value = String(error.message));
  }, [own]);
  const choose = async (id: string) => {
    problem.value = "";
    onEarlier(id === "" ? undefined : { id, summary: undefined });
    if (id === "") return;
    try {
      onEarlier({ id, summary: await api.pastRun(id) });
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  const others = runs.value.filter(({ id }) => id !== own);
  return (
    <>
      <div class="table-tools">
        <label class="inline-field">
          <span>Earlier run</span>
          <select
            aria-label="Earlier run"
            value={earlier?.id ?? ""}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            <option value="">{others.length === 0 ? "There is none yet" : "Choose a run"}</option>
            {others.map((run) => <option key={run.id} value={run.id}>{describeRun(run)}</option>)}
          </select>
        </label>
        <span class="muted">Its lines are drawn in the charts, too.</span>
      </div>
      {problem.value !== "" && <p class="problem-box" role="alert">{problem.value}</p>}
      {earlier?.summary !== undefined && (
        <ComparedTable rows={compareRuns(table.rows.value, total.value, earlier.summary)} />
      )}
      {earlier === undefined && (
        <p class="card empty">
          Choose a run of this process, or of the folder given with --runs-dir, to see both side by side.
        </p>
      )}
    </>
  );
}

function describeRun({ startedAt, users, perSecond, locustfile, verdict }: ApiRunListing): string {
  const load = `${formatNumber(users)} users, ${formatRate(perSecond)}/s`;
  return `${formatLocalDate(startedAt)} · ${locustfile} · ${load} · ${verdict}`;
}

const FIGURES = ["RPS", "Failures", "Median (ms)", "95%ile (ms)"] as const;

function ComparedTable({ rows }: { readonly rows: readonly ComparedRow[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Comparison, scrolling">
      <table class="compared" aria-label="Comparison">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>Name</th>
            {FIGURES.map((title) => <th key={title} scope="colgroup" class="number group" colSpan={3}>{title}</th>)}
          </tr>
          <tr>
            {FIGURES.flatMap((title) =>
              ["Earlier", "Now", "Change"].map((which) => (
                <th key={`${title} ${which}`} scope="col" class="number">{which}</th>
              ))
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, before, now }) => (
            <tr key={label}>
              <th scope="row" class="wrap">{label}</th>
              <Triple before={before?.perSecond} now={now?.perSecond} format={formatRate} />
              <Triple
                before={before?.failureRatio}
                now={now === undefined || now.requests === 0 ? undefined : now.failures / now.requests}
                format={formatShare}
                moreIsBad
              />
              <Triple before={before?.percentilesMs["50"]} now={now?.p50Ms} format={formatMs} moreIsBad />
              <Triple before={before?.percentilesMs["95"]} now={now?.p95Ms} format={formatMs} moreIsBad />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface TripleProps {
  readonly before: number | null | undefined;
  readonly now: number | null | undefined;
  readonly format: (value: number) => string;
  readonly moreIsBad?: boolean;
}

/** Marks a change of more than a tenth. */
function Triple({ before, now, format, moreIsBad = false }: TripleProps) {
  const change = before == null || now == null || before === 0 ? 0 : (now - before) / before;
  const mood = Math.abs(change) < 0.1 ? "" : change > 0 === moreIsBad ? " worse" : " better";
  return (
    <>
      <td class="number muted">{before == null ? NONE : format(before)}</td>
      <td class="number">{now == null ? NONE : format(now)}</td>
      <td class={`number change${mood}`}>{formatChange(before, now)}</td>
    </>
  );
}
