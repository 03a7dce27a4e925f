/**
 * The output of a run at its end: a heading, the tables and the verdict. A pure function from the last event to lines,
 * and a sink that writes them once. No line is wider than the terminal.
 */
import { escapeControls } from "../../base/text/text.ts";
import { formatLoad } from "../../load/capacity/describe_capacity.ts";
import { shortenRate } from "../../load/arrivals/arrival_rate.ts";
import type { PhaseBegan, RunEvent, RunEventSink } from "../../master/run_event.ts";
import { describeFeed } from "../summary/describe_feeds.ts";
import { describeIterations } from "../summary/describe_iterations.ts";
import { describeStopReason } from "../../master/stop_reason.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { renderArrivals, renderScheduledClasses } from "./arrival_tables.ts";
import { renderCapacity } from "./capacity_tables.ts";
import { renderExceptions, renderFailures, renderWorkers } from "./detail_tables.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatCount, formatMs, formatRate, formatRunTime, formatSeconds } from "./format_figures.ts";
import { renderDistribution, renderStatuses, renderVolume } from "./latency_tables.ts";
import { renderMeasures } from "./measure_tables.ts";
import { renderScenarios } from "./scenario_tables.ts";
import { renderPercentiles, renderPhases, renderRequests } from "./request_tables.ts";
import { renderSplits } from "./split_tables.ts";
import type { TableOptions } from "./text_table.ts";
import { renderThresholds } from "./threshold_lines.ts";
import { addPhase, findSteadyPart, type SteadyPart } from "../summary/steady_part.ts";
import { renderVerdict } from "./verdict_lines.ts";

type Started = Extract<RunEvent, { readonly kind: "runStarted" }>;
type Ended = Extract<RunEvent, { readonly kind: "runEnded" }>;

export interface FinalTablesOptions extends TableOptions {
  /** Adds the distribution of the response times, the responses by status, and the sizes. */
  readonly latencies?: boolean;
}

/** Writes the tables once, when the run has ended. */
export function createFinalTables(
  options: FinalTablesOptions & { readonly write: (text: string) => void },
): RunEventSink {
  let started: Started | undefined;
  let phases: readonly PhaseBegan[] = [];
  return (event: RunEvent) => {
    if (event.kind === "runStarted") started = event;
    if (event.kind === "phaseBegan") phases = addPhase(phases, event);
    if (event.kind !== "runEnded") return;
    const { ledger, snapshot } = event;
    const steady = ledger === undefined ? undefined : findSteadyPart(phases, ledger, snapshot.elapsedMs);
    options.write(renderFinalTables(event, options, started, steady).map((line) => `${line}\n`).join(""));
  };
}

export function renderFinalTables(
  ended: Ended,
  options: FinalTablesOptions,
  started?: Started,
  steady?: SteadyPart,
): string[] {
  const { snapshot, verdict } = ended;
  return [
    "",
    ...[...headingLines(ended, started), ...describeSteady(steady)].flatMap((line) => wrapText(line, options.width)),
    "",
    ...renderRequests(snapshot, options),
    ...renderScenarios(snapshot, options),
    ...renderArrivals(snapshot, options),
    ...renderScheduledClasses(snapshot, options),
    ...renderPercentiles(snapshot, options),
    ...(options.latencies
      ? [
        ...renderDistribution(snapshot, options),
        ...renderStatuses(snapshot, options),
        ...renderVolume(snapshot, options),
      ]
      : []),
    ...renderPhases(snapshot, options),
    ...renderSplits(snapshot, options),
    ...renderMeasures(snapshot, options),
    ...renderFailures(snapshot.failures, options),
    ...renderExceptions(snapshot, options),
    ...renderWorkers(snapshot.workers, options),
    ...renderCapacity(ended.capacity, options),
    ...renderThresholds(ended.thresholds ?? [], options),
    ...renderVerdict(verdict, snapshot.total, options),
  ];
}

/** Why and when the run ended, what was run, and which time the figures are of. */
function headingLines({ snapshot, reason }: Ended, started: Started | undefined): string[] {
  const run = started?.profile === undefined ? "Run" : `Run "${escapeControls(started.profile)}"`;
  return [
    `${run} ended after ${formatLength(snapshot.elapsedMs, snapshot)}: ${escapeControls(describeStopReason(reason))}`,
    ...(started === undefined ? [] : [describeRun(snapshot, started)]),
    ...(snapshot.iterations ?? []).map((each) => escapeControls(describeIterations(each))),
    ...(snapshot.feeds ?? []).map((each) => escapeControls(describeFeed(each))),
    ...describeTime(snapshot),
  ];
}

/** Of a run that ends when its work is done, the time that the work took is a result: `0.34 s`. */
function formatLength(ms: number, { iterations }: SnapshotMessage): string {
  return iterations !== undefined && ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : formatRunTime(ms);
}

/** `shop.ts on http://shop.test, 10 users, started 2026-11-28 09:30:00 UTC, load for 0:12` */
function describeRun(snapshot: SnapshotMessage, started: Started): string {
  const { locustfile, host, wallMs, arrivals, targets, capacity } = started;
  const { elapsedMs, loadEndedMs } = snapshot;
  // A search has many loads: that of its end says nothing.
  const search = capacity === undefined
    ? undefined
    : `a search that began at ${formatLoad(capacity.start, capacity.unit)}`;
  return [
    `${escapeControls(locustfile)}${host === undefined ? "" : ` on ${escapeControls(host)}`}`,
    ...(snapshot.scenarios !== undefined ? [formatCount(snapshot.scenarios.length, "scenario")] : []),
    ...(search === undefined ? [] : [search]),
    ...(search !== undefined || snapshot.scenarios !== undefined ||
        (snapshot.arrivals !== undefined && snapshot.targetUserCount === 0)
      ? []
      : [formatCount(snapshot.targetUserCount, "user")]),
    ...(search === undefined ? arrivals ?? [] : []).map(({ rate, maxUsers }) =>
      `${shortenRate(rate)} arrivals on at most ${formatCount(maxUsers, "user")}`
    ),
    ...(targets ?? []).map(({ userClass, rate }) => `${shortenRate(rate)} as target rate of ${userClass}`),
    `started ${new Date(wallMs).toISOString().slice(0, 19).replace("T", " ")} UTC`,
    `load for ${formatLength(loadEndedMs ?? elapsedMs, snapshot)}`,
  ].join(", ");
}

/**
 * `Steady part 0:10 to 1:00: 4,000 requests, 80/s, 0 failures, median 21 ms, p95 40 ms, p99 62 ms; the tables are of
 * the whole run`
 */
function describeSteady(steady: SteadyPart | undefined): string[] {
  if (steady === undefined) return [];
  const { requests, failures, perSecond, percentilesMs } = steady.total();
  const times = [["median", "50"], ["p95", "95"], ["p99", "99"]] as const;
  const figures = [
    formatCount(requests, "request"),
    `${formatRate(perSecond)}/s`,
    formatCount(failures, "failure"),
    ...(requests === 0 ? [] : times.map(([name, key]) => `${name} ${formatMs(percentilesMs[key])} ms`)),
  ].join(", ");
  const span = `${formatRunTime(steady.fromMs)} to ${formatRunTime(steady.toMs)}`;
  return [`Steady part ${span}: ${figures}; the tables are of the whole run`];
}

/** Shorter waits after the stop are not worth a line. */
const MIN_DRAIN_MS = 1000;

function describeTime({ elapsedMs, loadMs, loadEndedMs, resetMs, total: { drain } }: SnapshotMessage): string[] {
  const drainMs = elapsedMs - (loadEndedMs ?? elapsedMs);
  const ended = drain === undefined
    ? ""
    : `, in which ${formatCount(drain.ended, "request")} ended${
      drain.started === 0 ? "" : ` (${drain.started} of them were started after the stop and are in no rate)`
    }`;
  return [
    ...(resetMs === undefined ? [] : [
      `Figures count from the reset of the statistics after ${formatSeconds(resetMs)}, over ${formatSeconds(loadMs)}`,
    ]),
    ...(drainMs < MIN_DRAIN_MS && (drain?.started ?? 0) === 0
      ? []
      : [`After the stop it took ${formatSeconds(drainMs)} until users, workers and listeners had ended${ended}`]),
  ];
}
