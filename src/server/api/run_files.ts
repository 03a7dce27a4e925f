/** The files of the latest run: which there are, and each as a download. */
import { exceptionsCsv, failuresCsv, statsCsv } from "../../report/csv/csv_rows.ts";
import { renderJunit } from "../../report/junit/junit_report.ts";
import { renderComment } from "../../report/markdown/markdown_summary.ts";
import { Refusal } from "../answers/api_error.ts";
import type { ApiFileName } from "../answers/api_types.ts";
import type { RunFeed } from "../feed/run_feed.ts";
import type { RunControl } from "../orders/run_control.ts";
import type { WebContext } from "../routing/routes.ts";
import type { HistoryCsv } from "./history_csv.ts";
import { summaryNow } from "./summary_answer.ts";

export interface FileParts {
  readonly control: RunControl;
  readonly feed: RunFeed;
  readonly historyCsv: HistoryCsv;
}

const FILES: readonly ApiFileName[] = [
  "html",
  "csv",
  "failures.csv",
  "exceptions.csv",
  "history.csv",
  "summary",
  "junit",
  "markdown",
  "journal",
];

/** Before anything was counted there is none. */
export function filesNow({ feed, control }: FileParts): readonly ApiFileName[] {
  if (feed.snapshotMessage === undefined) return [];
  return FILES.filter((name) => name !== "journal" || control.isRecorded);
}

const CSV = "text/csv; charset=utf-8";

/** @throws {Refusal} for a file that there is not */
export async function serveFile(parts: FileParts, context: WebContext): Promise<Response> {
  const { control, feed } = parts;
  const name = context.req.param("name") ?? "";
  const answer = (body: string | Uint8Array, type: string, fileName: string) =>
    context.body(body as string, 200, {
      "Content-Type": type,
      "Content-Disposition": `attachment; filename="${fileName}"`,
      "Cache-Control": "no-store",
    });
  const snapshot = () => {
    if (feed.snapshotMessage === undefined) {
      throw new Refusal(404, `Cannot make ${name}: no run has counted anything yet`);
    }
    return feed.snapshotMessage;
  };
  const stem = `locust-ts-${feed.started?.runId.slice(0, 8) ?? "run"}`;
  switch (name) {
    case "csv":
      return answer(statsCsv(snapshot()), CSV, `${stem}_stats.csv`);
    case "failures.csv":
      return answer(failuresCsv(snapshot().failures), CSV, `${stem}_failures.csv`);
    case "exceptions.csv":
      return answer(exceptionsCsv(snapshot().exceptions), CSV, `${stem}_exceptions.csv`);
    case "history.csv":
      return answer(await control.fullHistory() ?? parts.historyCsv.text(), CSV, `${stem}_stats_history.csv`);
    case "summary":
      return answer(`${JSON.stringify(summaryNow(control))}\n`, "application/json", `${stem}.json`);
    case "junit":
      return answer(renderJunit(summaryNow(control), feed.thresholdStatuses), "application/xml", `${stem}.xml`);
    case "markdown": {
      const summary = summaryNow(control);
      const ended = control.ended();
      if (ended === undefined) throw new Refusal(404, "Cannot make markdown: no run has been started yet");
      return answer(renderComment({ summary, ended }), "text/markdown; charset=utf-8", `${stem}.md`);
    }
    case "html":
      return answer(await control.renderReport(summaryNow(control)), "text/html; charset=utf-8", `${stem}.html`);
    case "journal": {
      const journal = await control.journal();
      if (journal === undefined) {
        throw new Refusal(404, "Cannot serve the journal: the run is not recorded; use --journal");
      }
      return answer(journal, "application/x-ndjson", `${stem}.ndjson`);
    }
    default:
      throw new Refusal(404, `Cannot serve "${name}": there is no such file`);
  }
}
