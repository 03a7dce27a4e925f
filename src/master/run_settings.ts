/** The settings of a run before it starts, and the first run event, which describes them. Pure. */
import { formatArrivalRate } from "../load/arrivals/arrival_rate.ts";
import type { MixedClass } from "../load/class_mix.ts";
import type { ScenarioMoment } from "../load/scenarios/scenario_progress.ts";
import { MASK, maskUrlSecrets, maskUrlsWithin } from "../base/secrets.ts";
import type { TaskRatios } from "../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../protocol/scenario_message.ts";
import {
  ARRIVALS_MINOR,
  ITERATIONS_MINOR,
  type RunPlan,
  SCENARIOS_MINOR,
  TARGETS_MINOR,
} from "../protocol/worker_message.ts";
import { aimOf, type CapacitySettings } from "./capacity/capacity_settings.ts";
import type { StreamSettings } from "./arrivals/divided_stream.ts";
import type { Threshold } from "../stats/thresholds/threshold.ts";
import type { EarlierEvidence, OlderWorker } from "../stats/verdict/evidence.ts";
import type { EarlierMissing } from "./workers/roster_worker.ts";
import type { RunEvent, StopReason } from "./run_event.ts";

/** The load that the command line, the UI or a shape asks for. */
export type LoadRequest =
  | { readonly kind: "users"; readonly users: number; readonly spawnRate: number }
  | { readonly kind: "shape"; readonly shape: string }
  | { readonly kind: "scenarios"; readonly scenarios: readonly ScenarioPlan[] };

/** What another process needs to resume the run, beside the options. */
export interface RunCommand {
  readonly files: readonly string[]; // locustfiles, absolute
  readonly folder: string; // the current one of the process
  readonly userClasses: readonly string[]; // as named; empty: all
}

export interface RunSettings {
  readonly plan: RunPlan;
  readonly classes: readonly MixedClass[];
  readonly load: LoadRequest;
  /** Arrivals beside the load; their classes are none of `classes`. Absent: none. */
  readonly arrivals?: readonly StreamSettings[];
  /** Task starts of those of `classes` that have a target rate. Absent: none. */
  readonly targets?: readonly StreamSettings[];
  readonly runTimeSeconds?: number;
  readonly locustfile: string; // base name of the first file
  readonly version: string;
  /** Absent in library use. */
  readonly command?: RunCommand;
  readonly profile?: string;
  /** The first part of the run, which headline figures leave out. */
  readonly warmUpSeconds?: number;
  readonly thresholds?: readonly Threshold[];
  /** Names of the locustfile's counters. Absent: none. */
  readonly counters?: readonly string[];
  readonly runtime?: string;
  /** Options that were set, by their long names, without secrets: for reports. */
  readonly options?: NonNullable<Extract<RunEvent, { kind: "runStarted" }>["options"]>;
  /** The planned shares of classes and tasks: for reports. Absent in library use. */
  readonly taskRatios?: TaskRatios;
  /** Names in `plan.options` whose values are secrets: the journal does not hold them. */
  readonly secretOptions?: readonly string[];
  /** False: users that run are not moved when workers join. True if absent. */
  readonly rebalancing?: boolean;
  /** Statistics are zeroed whenever a ramp is complete, but not in a run that is resumed. */
  readonly resetStats?: boolean;
  /** The run is a capacity search: it sets the load. */
  readonly capacity?: CapacitySettings;
}

/** The state that a resumed run starts from. */
export interface RunProgress {
  readonly wantedUsers: number;
  readonly nextIndex: number;
  readonly elapsedMs: number;
  /** Where each scenario was; absent where there are none. */
  readonly scenarios?: readonly ScenarioMoment[];
  /** What was seen before, for the verdict; absent in journals, which hold the events. */
  readonly earlier?: EarlierEvidence;
  /** Workers that were missing then; absent where there are none, and in journals. */
  readonly missing?: readonly EarlierMissing[];
}

/** How a run begins. */
export interface RunStart {
  /** Where the journal of an earlier master ended. */
  readonly resume?: RunProgress | undefined;
  /** Ended the run while it was prepared: no user starts. */
  readonly early?: StopReason | undefined;
}

/**
 * The minor version of workers that can take part: users of an older one would make iterations without end, or be of no
 * scenario.
 */
export function neededMinor(settings: RunSettings): number {
  const needed = featuresOf(settings).filter(({ name }) => name === "scenarios" || name === "iterations");
  return Math.max(0, ...needed.map(({ minor }) => minor));
}

/** Something that workers of an older version do not know. */
export interface NewerFeature {
  readonly name: OlderWorker["lacks"];
  /** The first minor version of the protocol that has it. */
  readonly minor: number;
}

export function featuresOf({ load, plan, arrivals = [], targets = [] }: RunSettings): readonly NewerFeature[] {
  return [
    ...(load.kind === "scenarios" ? [{ name: "scenarios", minor: SCENARIOS_MINOR } as const] : []),
    ...(plan.iterations === undefined ? [] : [{ name: "iterations", minor: ITERATIONS_MINOR } as const]),
    ...(arrivals.length === 0 ? [] : [{ name: "arrivals", minor: ARRIVALS_MINOR } as const]),
    ...(targets.length === 0 ? [] : [{ name: "targets", minor: TARGETS_MINOR } as const]),
  ];
}

export function describeStart(settings: RunSettings, wallMs: number): Extract<RunEvent, { kind: "runStarted" }> {
  const {
    plan,
    classes,
    load,
    runTimeSeconds,
    locustfile,
    version,
    profile,
    runtime,
    options,
    taskRatios,
    arrivals,
    targets,
  } = settings;
  return {
    kind: "runStarted",
    runId: plan.runId,
    wallMs,
    version,
    locustfile,
    ...(plan.host === undefined ? {} : { host: maskUrlSecrets(plan.host) }),
    ...(profile === undefined ? {} : { profile }),
    userClasses: load.kind === "scenarios" ? plan.userClasses : [
      ...classes.map((each) => each.name),
      ...(arrivals ?? []).flatMap((each) => each.classes.map(({ name }) => name)),
    ],
    targetUsers: load.kind === "users" ? load.users : null,
    spawnRate: load.kind === "users" ? load.spawnRate : null,
    runTimeSeconds: load.kind === "shape" ? null : runTimeSeconds ?? null,
    ...(load.kind === "shape" ? { shape: load.shape } : {}),
    ...(load.kind === "scenarios" ? { scenarios: load.scenarios.map(maskScenario) } : {}),
    ...(arrivals === undefined || load.kind === "scenarios" ? {} : {
      arrivals: arrivals.map(({ classes, curve, pattern, maxUsers }) => ({
        userClasses: classes.map(({ name }) => name),
        rate: formatArrivalRate({ curve, pattern }),
        maxUsers,
      })),
    }),
    ...(plan.iterations === undefined
      ? {}
      : { iterations: plan.iterations.map(({ name, kind, count }) => ({ name, kind, count })) }),
    ...(targets === undefined ? {} : {
      targets: targets.map(({ classes, curve, pattern }) => ({
        userClass: classes[0]?.name ?? "",
        rate: formatArrivalRate({ curve, pattern }),
      })),
    }),
    ...(settings.capacity === undefined ? {} : { capacity: aimOf(settings.capacity) }),
    seed: plan.seed,
    ...(runtime === undefined ? {} : { runtime }),
    ...(options === undefined ? {} : { options }),
    ...(taskRatios === undefined ? {} : { taskRatios }),
  };
}

/** For reports and forms: without the passwords of URLs and the values of options, which may be secrets. */
export function maskScenario(scenario: ScenarioPlan): ScenarioPlan {
  const names = Object.keys(scenario.options).map((name) => [name, MASK]);
  return { ...maskUrlsWithin(scenario), options: Object.fromEntries(names) };
}
