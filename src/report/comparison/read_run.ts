/**
 * Reads one side of a comparison: a summary file, or a journal, whose seconds by row are read line by line. Rejects
 * with a `UsageError` that names the file.
 */
import { readFileSync, statSync } from "node:fs";
import { UsageError } from "../../base/errors.ts";
import { describeKind, describeUnreadable } from "../../base/given_file.ts";
import { type RunSummary, SUMMARY_SCHEMA } from "../summary/summary.ts";
import { SummaryBuilder } from "../summary/summary_builder.ts";
import { comparedPart, type ComparedRun, toComparedRun } from "./compared_run.ts";
import { readFirstBytes } from "./first_bytes.ts";
import { RowSecondsCollector } from "./row_seconds.ts";
import type { RunEvent } from "../../master/run_event.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";

/** Replays the last run of a journal up to its exit code. `counted` gets each delta before the event of its tick. */
export type ReplayRun = (
  journal: string,
  to: { readonly sink: (event: RunEvent) => void; readonly counted: (delta: DeltaMessage) => void },
) => Promise<void>;

export async function readComparedRun(file: string, replay: ReplayRun): Promise<ComparedRun> {
  return isJournal(file)
    ? await readJournalRun(file, replay)
    : toComparedRun(readSummary(file), { file, source: "summary" });
}

function isJournal(file: string): boolean {
  try {
    const wrong = describeKind(statSync(file));
    if (wrong !== undefined) throw new UsageError(`Cannot compare "${file}": ${wrong}`);
    return /^\s*\{\s*"kind"\s*:\s*"journalOpened"/.test(readFirstBytes(file, 200));
  } catch (cause) {
    if (cause instanceof UsageError) throw cause;
    throw new UsageError(`Cannot compare "${file}": ${describeUnreadable(cause)}`, { cause });
  }
}

async function readJournalRun(file: string, replay: ReplayRun): Promise<ComparedRun> {
  const builder = new SummaryBuilder();
  const rows = new RowSecondsCollector();
  let exitCode: number | null = null;
  await replay(file, {
    counted: (delta) => rows.count(delta),
    sink(event) {
      if (event.kind === "exitCodeDecided") exitCode = event.exitCode;
      if (event.kind === "statsReset") rows.reset();
      if ((event.kind === "ticked" || event.kind === "runEnded") && event.span !== undefined) rows.endSpan(event.span);
      builder.take(event);
    },
  });
  const summary = builder.conclude(exitCode);
  if (summary === undefined) {
    throw new UsageError(`Cannot compare "${file}": its run has not counted anything; give the journal of another run`);
  }
  return toComparedRun(summary, { file, source: "journal" }, rows.take(comparedPart(summary), summary));
}

function readSummary(file: string): RunSummary {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) {
      throw new UsageError(`Cannot compare "${file}": ${describeUnreadable(cause)}`, { cause });
    }
    throw new UsageError(
      `Cannot compare "${file}": it is ${
        readFirstBytes(file, 1) === "" ? "empty" : "neither a journal nor a whole summary"
      }; give a file of --journal or --summary-file`,
      { cause },
    );
  }
  const schema = typeof value === "object" && value !== null && "schema" in value ? value.schema : undefined;
  if (schema !== SUMMARY_SCHEMA) {
    const is = typeof schema === "string" ? `its schema is "${schema.slice(0, 80)}"` : "it has no schema of a summary";
    throw new UsageError(
      `Cannot compare "${file}": ${is}, this program reads ${SUMMARY_SCHEMA}; give a file of --journal or --summary-file`,
    );
  }
  const missing = ["run", "users", "phases", "verdict", "total", "entries", "steady", "history"].filter((key) =>
    !(key in (value as object))
  );
  if (missing.length > 0) {
    throw new UsageError(`Cannot compare "${file}": it lacks "${missing.join('", "')}"; write the summary again`);
  }
  return value as RunSummary; // our own earlier self wrote it: the schema is checked, the rest is believed
}
