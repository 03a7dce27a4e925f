/** The figures that stand at the top of a report: of the steady part where there is one, and they say so. Pure. */
import type { StopReason } from "../../src/master/run_event.ts";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import { formatClock, formatCount, formatDuration, formatMs, formatNumber, formatRate, formatShare } from "./format.ts";

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly unit: string;
  readonly note: string;
  readonly mood: "plain" | "bad";
}

/** What the headline counts, as a sentence. */
export function describeScope({ steady, phases, run }: RunSummary): string {
  if (steady === null) return `Over the whole run of ${formatDuration(run.durationSeconds)}`;
  const part = phases.find(({ kind }) => kind === "steady");
  const span = part === undefined ? "" : `, ${formatClock(part.fromSeconds)} to ${formatClock(part.toSeconds)}`;
  return `Over the steady part${span}; the tables below are of the whole run`;
}

export function headlineFigures(summary: RunSummary): readonly Figure[] {
  const { users, run, total: whole } = summary;
  const total = summary.steady?.total ?? whole;
  const time = (label: string, percent: "50" | "95" | "99"): Figure => ({
    label,
    value: formatMs(total.percentilesMs[percent]),
    unit: total.percentilesMs[percent] === null ? "" : "ms",
    note: correctedNote(total, percent),
    mood: "plain",
  });
  return [
    figure("Requests per second", formatRate(total.perSecond), "/s", formatCount(total.requests, "request")),
    {
      label: "Failures",
      value: formatShare(total.failureRatio),
      unit: "",
      note: `${formatNumber(total.failures)} of ${formatNumber(total.requests)}`,
      mood: total.failures > 0 ? "bad" : "plain",
    },
    time("Median", "50"),
    time("95th percentile", "95"),
    time("99th percentile", "99"),
    figure(
      "Users at the peak",
      formatNumber(users.peak),
      "",
      describeTarget(summary),
    ),
    figure("Duration", formatDuration(run.durationSeconds), "", ""),
  ];
}

function figure(label: string, value: string, unit: string, note: string): Figure {
  return { label, value, unit, note, mood: "plain" };
}

function correctedNote({ correctedPercentilesMs }: SummaryEntry, percent: "50" | "95" | "99"): string {
  return correctedPercentilesMs === null ? "" : `${formatMs(correctedPercentilesMs[percent])} ms corrected`;
}

/** Arrivals take as many users as they need, and scenarios have loads of their own: no number was asked for. */
function describeTarget({ users: { target, peak }, scenarios, arrivals }: RunSummary): string {
  const isAsked = target !== null && target >= peak && scenarios === undefined && arrivals === undefined;
  return isAsked ? `of ${formatNumber(target)} asked for` : "";
}

/** Each reason of a run, so that none of them is shown by its key. */
const REASONS: Readonly<Record<string, string>> = {
  runTime: "Ended at its run time",
  iterations: "Ended with its last iteration",
  scenariosEnded: "Ended with its scenarios",
  searchEnded: "Ended with its capacity search",
  shapeEnded: "Ended with its load shape",
  shapeFailed: "Its load shape failed",
  interrupted: "Interrupted",
  stopTest: "Stopped by the locustfile",
  quit: "Quit by the locustfile",
  requested: "Stopped on request",
  thresholdBroken: "Aborted by a broken threshold",
  failed: "Ended by a failure",
  unfinished: "Not finished",
} satisfies Record<StopReason["kind"], string>;

export function describeEnd({ run: { stopReason } }: RunSummary): string {
  const detail = stopReason["problem"] ?? stopReason["threshold"] ?? stopReason["message"] ?? stopReason["signal"];
  const reason = REASONS[stopReason.kind] ?? stopReason.kind;
  return typeof detail === "string" && detail !== "" ? `${reason}: ${detail}` : reason;
}

/** Title of the document. */
export function titleOf({ run: { locustfile, host } }: RunSummary): string {
  return ["locust-ts", locustfile, host ?? ""].filter((part) => part !== "").join(" · ");
}
