/**
 * Draws the scenarios of a run on one time axis before it starts: the corners of each line of users, or of arrivals a
 * second. Pure.
 */
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { parseArrivalRate } from "../arrivals/arrival_rate.ts";
import { type ScenarioTime, scenarioTimes } from "./scenario_times.ts";
import { ScenarioUsers } from "./scenario_users.ts";

export interface ScenarioLine {
  readonly name: string;
  readonly unit: "users" | "arrivals";
  /** Ascending in time; empty where its start is not known before. */
  readonly points: readonly (readonly [second: number, value: number])[];
  /** Whether its end is not known before: it is drawn up to the end of the axis. */
  readonly isOpen: boolean;
  /** The scenario whose end it waits for. */
  readonly after?: string;
}

export interface ScenarioDrawing {
  /** The length of the axis. */
  readonly seconds: number;
  /** Whether the run has no end that is known. */
  readonly isOpen: boolean;
  readonly lines: readonly ScenarioLine[];
}

/** How long a number of iterations takes is not known: it is drawn as so much of the axis. */
const COUNTED_SHARE = 0.04;

/** What has no end is drawn so far beyond the last change, as a share of the time until then. */
const TAIL_SHARE = 0.25;
const SHORTEST_TAIL_SECONDS = 10;

/** `runTimeSeconds`: the limit of the whole run. */
export function drawScenarios(plans: readonly ScenarioPlan[], runTimeSeconds?: number): ScenarioDrawing {
  const limitMs = (runTimeSeconds ?? Infinity) * 1000;
  const times = scenarioTimes(plans);
  const corners = plans.map((plan, i) => cornersOf(plan, times[i]?.startMs ?? Infinity));
  const lastMs = Math.max(
    0,
    ...corners.flatMap((each) => each.map(([ms]) => ms)),
    ...finite(times.map((t) => t.endMs)),
  );
  const isEndless = times.some(({ endMs, startMs }, i) =>
    endMs === Infinity && startMs !== Infinity && !isCounted(plans[i] as ScenarioPlan)
  );
  const isOpen = limitMs === Infinity && (isEndless || lastMs === 0);
  const tailMs = Math.max(SHORTEST_TAIL_SECONDS * 1000, lastMs * TAIL_SHARE);
  const shownMs = isOpen ? lastMs + tailMs : Math.max(lastMs, ...countedStarts(plans, times));
  const axisMs = limitMs < Infinity ? limitMs : shownMs;
  return {
    seconds: axisMs / 1000,
    isOpen,
    lines: plans.map(({ name, load, start }, i) => {
      const { startMs, endMs: knownMs } = times[i] as (typeof times)[number];
      const endMs = knownMs === Infinity && isCounted(plans[i] as ScenarioPlan)
        ? startMs + COUNTED_SHARE * axisMs
        : knownMs;
      return {
        name,
        unit: load.kind === "arrivals" ? "arrivals" : "users",
        points: startMs < axisMs ? cutAt(corners[i] ?? [], Math.min(endMs, axisMs)) : [],
        isOpen: knownMs === Infinity && limitMs === Infinity,
        ...(start.kind === "scenario" ? { after: start.name } : {}),
      };
    }),
  };
}

/** What starts at the end of the axis has to be seen on it. */
function countedStarts(plans: readonly ScenarioPlan[], times: readonly ScenarioTime[]): readonly number[] {
  return finite(
    times.map(({ startMs, endMs }, i) =>
      endMs === Infinity && isCounted(plans[i] as ScenarioPlan) ? startMs / (1 - COUNTED_SHARE) : 0
    ),
  );
}

function isCounted({ iterations, iterationsPerUser }: ScenarioPlan): boolean {
  return iterations !== undefined || iterationsPerUser !== undefined;
}

type Corner = readonly [ms: number, value: number];

function cornersOf({ load }: ScenarioPlan, startMs: number): readonly Corner[] {
  if (startMs === Infinity) return [];
  if (load.kind === "arrivals") {
    return parseArrivalRate(load.rate).curve.points.map(([ms, perSecond]) => [startMs + ms, perSecond] as const);
  }
  return new ScenarioUsers(load).corners.map(([ms, users]) => [startMs + ms, users] as const);
}

/** The line until there, and its seconds. */
function cutAt(corners: readonly Corner[], endMs: number): ScenarioLine["points"] {
  const kept = corners.filter(([ms]) => ms < endMs);
  const next = corners.find(([ms]) => ms >= endMs);
  const last = kept.at(-1);
  if (last === undefined) return [];
  const [fromMs, from] = last;
  const value = next === undefined ? from : from + (next[1] - from) * (endMs - fromMs) / (next[0] - fromMs);
  return [...kept, [endMs, value] as const].map(([ms, each]) => [ms / 1000, each] as const);
}

function finite(values: readonly number[]): readonly number[] {
  return values.filter((value) => value !== Infinity);
}
