/** Makes the plan of a run from the options and the selected parts of the locustfile. Pure. */
import { sampleFormatOf } from "../../../report/sample_format.ts";
import type { RunPlan } from "../../../protocol/worker_message.ts";
import { endOfArrivals, type OpenClass, planArrivals, planTargets } from "../../../master/arrivals/plan_arrivals.ts";
import {
  closedScenarioClasses,
  scenarioIterations,
  scenarioStreams,
} from "../../../master/scenarios/plan_scenarios.ts";
import type { StreamSettings } from "../../../master/arrivals/divided_stream.ts";
import type { CapacitySettings } from "../../../master/capacity/capacity_settings.ts";
import type { LoadRequest, RunSettings } from "../../../master/run_settings.ts";
import type { MixedClass } from "../../../load/class_mix.ts";
import type { ScenarioPlan } from "../../../protocol/scenario_message.ts";
import { parseThreshold } from "../../../stats/thresholds/parse_threshold.ts";
import { readCapacity } from "../../options/selection/find_max.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { planTaskRatios } from "../../options/selection/task_ratios.ts";
import { planIterations } from "./plan_iterations.ts";
import type { Selection } from "../../options/selection/selection.ts";

export interface PlanInput {
  readonly options: RunOptions;
  readonly selection: Selection;
  readonly classSettings: readonly Readonly<Record<string, unknown>>[];
  readonly shared: unknown;
  /** Expressions of the locustfile. */
  readonly thresholds: readonly string[];
  readonly counters?: readonly string[];
  readonly runId: string;
  /** Used where no `--seed` was given. */
  readonly freshSeed: number;
  /** Whether an exporter shows failures as a part of a histogram. */
  readonly failedTimes?: "keep" | "drop";
  readonly locustfile: string;
  readonly version: string;
  /** `Bun 1.4.5` */
  readonly runtime?: string;
  readonly command: NonNullable<RunSettings["command"]>;
}

/** Name that `--stages` has where a shape's name is shown. */
export const STAGES_SHAPE = "--stages";

export function createRunSettings(input: PlanInput): RunSettings {
  const { options, selection, locustfile, version } = input;
  const all = selection.userClasses.map(({ name, weight, fixedCount, arrivalRate, maxUsers, targetRate }) => ({
    name,
    weight: options.equalWeights ? 1 : weight,
    fixedCount,
    ...(arrivalRate === undefined ? {} : { arrivalRate }),
    ...(maxUsers === undefined ? {} : { maxUsers }),
    ...(targetRate === undefined ? {} : { targetRate }),
    ...settingsOf(name, input.classSettings),
  }));
  return {
    ...(selection.scenarios === undefined ? planLoad(input, all) : planScenarioLoad(input, selection.scenarios, all)),
    locustfile,
    version,
    command: input.command,
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.warmUpSeconds === undefined ? {} : { warmUpSeconds: options.warmUpSeconds }),
    ...(input.runtime === undefined ? {} : { runtime: input.runtime }),
    options: options.shownOptions,
    taskRatios: planTaskRatios(options, selection, input.classSettings),
    secretOptions: options.secretOptions,
    thresholds: [...new Set([...input.thresholds, ...options.thresholds].map((text) => text.trim()))].map(
      parseThreshold,
    ),
    ...(input.counters === undefined || input.counters.length === 0 ? {} : { counters: input.counters }),
    rebalancing: options.rebalancing,
    resetStats: options.resetStats,
  };
}

type PlannedLoad = Pick<
  RunSettings,
  "plan" | "classes" | "load" | "arrivals" | "targets" | "runTimeSeconds" | "capacity"
>;

function planLoad(input: PlanInput, all: readonly (MixedClass & OpenClass)[]): PlannedLoad {
  const { options, selection } = input;
  const arrivals = planArrivals(all, options);
  const classes = options.rate === undefined ? all.filter(({ arrivalRate }) => arrivalRate === undefined) : [];
  const targets = planTargets(classes);
  const isOpen = classes.length === 0;
  const capacity = readCapacity(options);
  const iterations = planIterations(options, isOpen ? all : classes);
  const shape = isOpen ? undefined : options.stages === undefined ? selection.shape : STAGES_SHAPE;
  const runTimeSeconds = options.runTimeSeconds ??
    (isOpen && arrivals !== undefined ? endOfArrivals(arrivals) : undefined);
  return {
    plan: { ...createRunPlan(input), ...(iterations === undefined ? {} : { iterations }) },
    classes: classes.map(({ name, weight, fixedCount }) => ({ name, weight, fixedCount })),
    load: shape === undefined ? firstUsers(options, isOpen ? "arrivals" : "users", capacity) : { kind: "shape", shape },
    ...(arrivals === undefined ? {} : { arrivals: isOpen ? countArrivals(arrivals, options.iterations) : arrivals }),
    ...(targets === undefined ? {} : { targets }),
    ...(runTimeSeconds === undefined ? {} : { runTimeSeconds }),
    ...(capacity === undefined ? {} : { capacity }),
  };
}

/** One stream of so many arrivals. */
function countArrivals(streams: readonly StreamSettings[], count: number | undefined): readonly StreamSettings[] {
  return count === undefined ? streams : streams.map((stream) => ({ ...stream, count }));
}

function planScenarioLoad(
  input: PlanInput,
  scenarios: readonly ScenarioPlan[],
  all: readonly (MixedClass & OpenClass)[],
): PlannedLoad {
  const { runTimeSeconds } = input.options;
  const streams = scenarioStreams(scenarios, all);
  const targets = planTargets(closedScenarioClasses(scenarios, all));
  const closed = scenarios.filter(({ load }) => load.kind !== "arrivals").flatMap(({ userClasses }) => userClasses);
  const iterations = scenarioIterations(scenarios);
  return {
    plan: { ...createRunPlan(input), ...(iterations.length === 0 ? {} : { iterations }) },
    classes: all.filter(({ name }) => closed.includes(name))
      .map(({ name, weight, fixedCount }) => ({ name, weight, fixedCount })),
    load: { kind: "scenarios", scenarios },
    ...(streams.length === 0 ? {} : { arrivals: streams }),
    ...(targets === undefined ? {} : { targets }),
    ...(runTimeSeconds === undefined ? {} : { runTimeSeconds }),
  };
}

/** The users of the start; those of the first step, where they are searched for. */
function firstUsers(
  options: RunOptions,
  load: "users" | "arrivals",
  capacity: CapacitySettings | undefined,
): LoadRequest {
  const { users, spawnRate } = options;
  if (load === "arrivals") return { kind: "users", users: 0, spawnRate };
  if (capacity === undefined) return { kind: "users", users, spawnRate };
  const { range: { start } } = capacity;
  return { kind: "users", users: start, spawnRate: capacity.spawnRate ?? Math.max(1, start / 2) };
}

/** What `--config-users` says of a class counts for the class mix and for arrivals too. */
function settingsOf(
  name: string,
  classSettings: PlanInput["classSettings"],
): Partial<OpenClass & { fixedCount: number }> {
  const mine = Object.assign({}, ...classSettings.filter((each) => each["user_class_name"] === name)) as Record<
    string,
    unknown
  >;
  return {
    ...(typeof mine["weight"] === "number" ? { weight: mine["weight"] } : {}),
    ...(typeof mine["fixedCount"] === "number" ? { fixedCount: mine["fixedCount"] } : {}),
    ...(typeof mine["maxUsers"] === "number" ? { maxUsers: mine["maxUsers"] } : {}),
    ...(isRate(mine["arrivalRate"]) ? { arrivalRate: mine["arrivalRate"] } : {}),
    ...(isRate(mine["targetRate"]) ? { targetRate: mine["targetRate"] } : {}),
  };
}

function isRate(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

/** The part of it that threads need. */
export function createRunPlan(input: Omit<PlanInput, "thresholds" | "locustfile" | "version" | "command">): RunPlan {
  const { options, selection, classSettings, shared, freshSeed, runId, failedTimes } = input;
  const samples = options.samplesFile === undefined ? undefined : sampleFormatOf(options.samplesFile);
  return {
    runId,
    ...(options.host === undefined ? {} : { host: options.host }),
    seed: options.seed ?? freshSeed,
    stopTimeoutSeconds: options.stopTimeoutSeconds,
    tags: options.tags,
    excludeTags: options.excludeTags,
    userClasses: selection.userClasses.map((each) => each.name),
    ...(selection.scenarios === undefined ? {} : { scenarios: selection.scenarios }),
    classSettings,
    equalWeights: options.equalWeights,
    options: options.parsedOptions,
    shared: shared ?? null,
    phases: options.phases,
    ...(options.traceShare > 0 ? { traceShare: options.traceShare } : {}),
    ...(samples === undefined ? {} : { samples }),
    ...(failedTimes === "keep" ? { failedTimes: true as const } : {}),
    ...(options.web ? { failureSamples: true as const } : {}),
    ...(options.urlGrouping === "off" ? { urlGrouping: "off" as const } : {}),
  };
}
