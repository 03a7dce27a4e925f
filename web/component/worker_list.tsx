/** @jsxImportSource preact */
/** The workers of a run and how each of them was doing at its end. */
import type { SummaryWorker } from "../../src/report/summary/summary.ts";
import { formatBytes, formatMs, formatNumber } from "../view/format.ts";
import { WORKER_COLUMNS } from "../view/worker_columns.ts";
import { useSorted } from "./table_controls.tsx";

export function WorkerList({ workers }: { readonly workers: readonly SummaryWorker[] }) {
  const { rows, headers } = useSorted(workers, WORKER_COLUMNS);
  return (
    <div class="scroll card" tabIndex={0} role="group" aria-label="Workers">
      <table aria-label="Workers">
        <thead>
          <tr>{headers}</tr>
        </thead>
        <tbody>
          {rows.map((worker) => (
            <tr>
              <th scope="row" class="wrap" title={worker.id}>
                <WorkerId id={worker.id} />
              </th>
              <td class={/missing|gone|lost/.test(worker.state) ? "fails" : undefined}>{worker.state}</td>
              <td class="number extra">{formatNumber(worker.threads)}</td>
              <td class="number">{formatNumber(worker.users)}</td>
              <td class="number extra">{formatNumber(worker.requests)}</td>
              <td class="number">{formatNumber(worker.cpuPercent)}</td>
              <td class="number">{formatBytes(worker.rssBytes)}</td>
              <td class="number extra">{formatMs(worker.loopLagP99Ms)}</td>
              <td class="number extra">{formatMs(worker.latenessP99Ms)}</td>
              <td class="extra wrap">{worker.incidents.join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/**
 * Locust's ids end in 32 hex digits, of which four tell workers apart. The others are there for those who search or
 * copy an id.
 */
function WorkerId({ id }: { readonly id: string }) {
  const kept = /_[0-9a-f]{32}$/.test(id) ? id.length - 28 : id.length;
  return (
    <>
      {id.slice(0, kept)}
      {kept < id.length && <span class="hidden">{id.slice(kept)}</span>}
    </>
  );
}
