/** The figures of the top bar, the title of the document and its icon, from the state of the run. Pure. */
import type { ApiArrivals, ApiPace, ApiRow, ApiWindow } from "../../src/server/answers/api_snapshot.ts";
import { countIterations } from "../../src/report/summary/describe_iterations.ts";
import type { SummaryIterations } from "../../src/report/summary/load_summary.ts";
import type { ApiRun, ApiRunState } from "../../src/server/answers/api_types.ts";
import { formatClock, formatMs, formatNumber, formatRate, formatShare, NONE } from "./format.ts";

export const STATE_WORDS: Readonly<Record<ApiRunState, string>> = {
  ready: "Ready",
  spawning: "Spawning",
  running: "Running",
  stopping: "Stopping",
  stopped: "Stopped",
};

export interface TopFigure {
  readonly label: "Users" | "Pace" | "Arrivals" | "Iterations" | "RPS" | "Failures" | "p95" | "Elapsed";
  readonly value: string;
  readonly unit: string;
  /** Beside the value, quieter: the target, the span that the figure is over. */
  readonly note: string;
  readonly isBad: boolean;
}

export interface TopState {
  readonly run: ApiRun;
  readonly total: ApiRow | undefined;
  readonly window: ApiWindow | undefined;
  /** Null where no user is paced. */
  readonly pace?: ApiPace | null;
  /** Undefined where no class has an arrival rate. */
  readonly arrivals?: ApiArrivals | undefined;
  /** Undefined where no number of iterations was asked for. */
  readonly iterations?: readonly SummaryIterations[] | undefined;
}

/** Below this share of the intended task starts the load is not what was asked for. The verdict has the same limit. */
const PACE_KEPT = 0.95;

/** The verdict has the same limit. */
const ARRIVALS_KEPT = 0.99;

export function isOver(state: ApiRunState): boolean {
  return state === "stopped" || state === "stopping";
}

/** While load is asked for: the last 10 seconds. After the stop: the whole load, and the peak of the users. */
export function topFigures({ run, total, window, pace = null, arrivals, iterations }: TopState): readonly TopFigure[] {
  const over = isOver(run.state);
  const requests = total?.requests ?? 0;
  const failures = total?.failures ?? 0;
  const p95 = over ? total?.p95Ms ?? null : window?.p95Ms ?? null;
  const rate = over ? total?.perSecond : total?.currentPerSecond;
  const span = over ? "whole run" : "last 10 s";
  return [
    {
      label: "Users",
      value: formatNumber(over ? run.peakUsers : run.users),
      unit: "",
      note: over
        ? "at the peak"
        : isBeingPrepared(run)
        ? ""
        : arrivals !== undefined && run.targetUsers === 0
        ? "in use"
        : `of ${formatNumber(run.targetUsers)}${arrivals === undefined ? "" : " + arrivals"}`,
      isBad: false,
    },
    ...(over || pace === null ? [] : [paceFigure(pace)]),
    ...(arrivals === undefined ? [] : [arrivalsFigure(arrivals, over)]),
    ...(iterations === undefined ? [] : [iterationsFigure(iterations)]),
    {
      label: "RPS",
      value: requests === 0 ? NONE : formatRate(rate ?? 0),
      unit: requests === 0 ? "" : "/s",
      note: span,
      isBad: false,
    },
    {
      label: "Failures",
      value: requests === 0 ? NONE : formatShare(failures / requests),
      unit: "",
      note: requests === 0 ? "" : `${formatNumber(failures)} in all`,
      isBad: failures > 0,
    },
    { label: "p95", value: formatMs(p95), unit: p95 === null ? "" : "ms", note: span, isBad: false },
    { label: "Elapsed", value: formatClock(run.elapsedMs / 1000), unit: "", note: timeLeft(run), isBad: false },
  ];
}

/** How much of the intended load there is: task starts of paced users. */
function paceFigure({ intendedPerSecond, achievedPerSecond }: ApiPace): TopFigure {
  const share = intendedPerSecond > 0 ? achievedPerSecond / intendedPerSecond : null;
  return {
    label: "Pace",
    value: share === null ? NONE : formatShare(share),
    unit: "",
    note: `${formatRate(achievedPerSecond)} of ${formatRate(intendedPerSecond)}/s`,
    isBad: share !== null && share < PACE_KEPT,
  };
}

/** How many of the arrivals that were asked for were started. */
function arrivalsFigure({ planned, started, ...now }: ApiArrivals, over: boolean): TopFigure {
  const [asked, done] = over ? [planned, started] : [now.askedPerSecond, now.startedPerSecond];
  const share = asked > 0 ? Math.min(1, done / asked) : null;
  return {
    label: "Arrivals",
    value: share === null ? NONE : formatShare(share),
    unit: "",
    note: over
      ? `${formatNumber(started)} of ${formatNumber(planned)}`
      : `${formatRate(done)} of ${formatRate(asked)}/s`,
    isBad: share !== null && share < ARRIVALS_KEPT,
  };
}

/** How many of the iterations that were asked for are over. */
function iterationsFigure(list: readonly SummaryIterations[]): TopFigure {
  const { done, asked } = countIterations(list);
  const unknown = list.reduce((sum, each) => sum + each.unknown, 0);
  return {
    label: "Iterations",
    value: formatNumber(done),
    unit: "",
    note: unknown > 0 ? `of ${formatNumber(asked)}, ${formatNumber(unknown)} unknown` : `of ${formatNumber(asked)}`,
    isBad: unknown > 0,
  };
}

function timeLeft({ state, plan, elapsedMs }: ApiRun): string {
  const limit = plan?.runTimeSeconds ?? null;
  if (limit === null || isOver(state)) return "";
  return `of ${formatClock(limit)}`.concat(elapsedMs / 1000 > limit ? ", ending" : "");
}

/** How far the run is, 0 to 1: the run time, else the ramp; undefined where nothing is known to wait for. */
export function progressOf({ state, plan, elapsedMs, users, targetUsers }: ApiRun): number | undefined {
  if (isOver(state) || state === "ready") return undefined;
  const limit = plan?.runTimeSeconds ?? null;
  if (limit !== null) return Math.min(1, elapsedMs / 1000 / limit);
  return state === "spawning" && targetUsers > 0 ? Math.min(1, users / targetUsers) : undefined;
}

/** A start was accepted, and the run is not there yet: it waits for workers, or for what the locustfile does before. */
export function isBeingPrepared({ state, runId }: Pick<ApiRun, "state" | "runId">): boolean {
  return state === "spawning" && runId === null;
}

/** What the status region says beside the word. `expectedWorkers`: of a master. */
export function describeState(
  run: ApiRun,
  load: "users" | "alsoArrivals" = "users",
  expectedWorkers = 0,
): string {
  const { state, waitsFor, stopReason, targetUsers, users, problem, readyWorkers } = run;
  if (problem !== null && problem !== "") return problem;
  if (isBeingPrepared(run)) {
    return readyWorkers < expectedWorkers
      ? `waiting for workers, ${readyWorkers} of ${expectedWorkers} ready`
      : "being prepared";
  }
  if (state === "spawning") {
    if (load === "alsoArrivals") return `to ${formatNumber(targetUsers)} users`; // of those that run, some serve arrivals
    return users > targetUsers
      ? `down to ${formatNumber(targetUsers)} users`
      : `up to ${formatNumber(targetUsers)} users`;
  }
  if (state === "stopped") return stopReason?.sentence ?? "";
  if (state !== "stopping") return "";
  const left = waitsFor.reduce((sum, worker) => sum + worker.users, 0);
  const atMost = waitsFor.reduce((max, worker) => Math.max(max, worker.atMostMs), 0);
  if (waitsFor.length === 0) return "waiting for the last requests";
  const whose = left === 0 ? "last numbers of workers" : `${formatNumber(left)} users to finish`;
  return `waiting for ${whose}, at most ${formatNumber(Math.ceil(atMost / 1000))} s`;
}

/** `Running · 1,204/s · shop.ts` */
export function documentTitle({ run, total }: TopState, locustfile: string): string {
  const rate = (total?.requests ?? 0) === 0
    ? ""
    : `${formatRate(isOver(run.state) ? total?.perSecond ?? 0 : total?.currentPerSecond ?? 0)}/s`;
  return [STATE_WORDS[run.state], rate, locustfile].filter((part) => part !== "").join(" · ");
}

/** The icon: its shape is the state, red says that requests failed. */
export function iconOf({ run, total }: TopState): string {
  const colour = (total?.failures ?? 0) > 0
    ? "c22d20"
    : run.state === "running" || run.state === "spawning"
    ? "3d4fd6"
    : "667085";
  const shape = {
    ready: "%3Ccircle cx='8' cy='8' r='6' fill='none' stroke='%23C' stroke-width='2.5'/%3E",
    spawning: "%3Cpath d='M8 2l6 11H2z' fill='%23C'/%3E",
    running: "%3Cpath d='M3 2l11 6-11 6z' fill='%23C'/%3E",
    stopping: "%3Cpath d='M2 3h12L8 14z' fill='%23C'/%3E",
    stopped: "%3Crect x='2.5' y='2.5' width='11' height='11' rx='2' fill='%23C'/%3E",
  }[run.state].replaceAll("C'", `${colour}'`);
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E${shape}%3C/svg%3E`;
}
