/** @jsxImportSource preact */
/** This run beside an earlier one: row by row, and as lines in the charts. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import type { ApiRunListing } from "../../src/server/api_types.ts";
import type { AppState } from "../model/app_state.ts";
import { type ComparedRow, compareRuns, earlierLines, formatChange } from "../view/compare_runs.ts";
import { formatLocalDate, formatMs, formatNumber, formatRate, formatShare, NONE } from "../view/format.ts";
import type { EarlierLines } from "../view/live_charts.ts";

interface CompareTabProps {
  readonly app: AppState;
  readonly onEarlier: (lines: EarlierLines | undefined) => void;
}

export function CompareTab({ app: { api, live, table, total }, onEarlier }: CompareTabProps) {
  const runs = useSignal<readonly ApiRunListing[]>([]);
  const chosen = useSignal("");
  const earlier = useSignal<RunSummary | undefined>(undefined);
  const problem = useSignal("");
  const own = live.run.value?.runId ?? null;
  useEffect(() => {
    api.runs().then((answer) => runs.value = answer.runs, (error) => problem.value = String(error.message));
  }, [own]);
  const choose = async (id: string) => {
    chosen.value = id;
    earlier.value = undefined;
    problem.value = "";
    onEarlier(undefined);
    if (id === "") return;
    try {
      earlier.value = await api.pastRun(id);
      onEarlier(earlierLines(earlier.value.history, live.history.read().second));
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
          <select aria-label="Earlier run" value={chosen.value} onChange={(event) => choose(event.currentTarget.value)}>
            <option value="">{others.length === 0 ? "There is none yet" : "Choose a run"}</option>
            {others.map((run) => <option key={run.id} value={run.id}>{describeRun(run)}</option>)}
          </select>
        </label>
        <span class="muted">Its lines are drawn in the charts, too.</span>
      </div>
      {problem.value !== "" && <p class="problem-box" role="alert">{problem.value}</p>}
      {earlier.value !== undefined && (
        <ComparedTable
          rows={compareRuns(table.rows.value, total.value, earlier.value)}
        />
      )}
    </>
  );
}

function describeRun({ startedAt, users, perSecond, locustfile, verdict }: ApiRunListing): string {
  const load = `${formatNumber(users)} users, ${formatRate(perSecond)}/s`;
  return `${formatLocalDate(startedAt)} · ${locustfile} · ${load} · ${verdict}`;
}

function ComparedTable({ rows }: { readonly rows: readonly ComparedRow[] }) {
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Comparison, scrolling">
      <table class="compared" aria-label="Comparison">
        <thead>
          <tr>
            <th scope="col">Name</th>
            {["RPS", "Failures", "Median (ms)", "95%ile (ms)"].map((title) => (
              <th key={title} scope="col" class="number" colSpan={3}>{title}: earlier, now, change</th>
            ))}
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
