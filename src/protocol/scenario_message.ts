/**
 * A scenario of a locustfile as plain data: who its users are, what load it has, when it starts and ends. The
 * locustfile's description holds it, the master plans with it, and threads read from it how its users differ from
 * others. Types only, and names.
 */

/** The load of a scenario. */
export type ScenarioLoad =
  /** One stage after the other, each with the users that it ends with. */
  | {
    readonly kind: "stages";
    readonly stages: readonly { readonly durationSeconds: number; readonly users: number }[];
  }
  /** So many users, started at a rate, until the scenario ends. */
  | { readonly kind: "users"; readonly users: number; readonly spawnRate: number }
  /** Iterations that start at their times, whatever the system answers. */
  | { readonly kind: "arrivals"; readonly rate: string; readonly maxUsers?: number };

export type ScenarioStart =
  /** Since the start of the run. */
  | { readonly kind: "time"; readonly seconds: number }
  /** When another scenario has ended, with its last user. */
  | { readonly kind: "scenario"; readonly name: string };

export interface ScenarioPlan {
  readonly name: string;
  /** By name; several share the load by their weights. */
  readonly userClasses: readonly string[];
  readonly load: ScenarioLoad;
  readonly start: ScenarioStart;
  /** Since the start of the scenario; absent: until its stages or iterations end, or the run does. */
  readonly runTimeSeconds?: number;
  /** Of all its users together. */
  readonly iterations?: number;
  readonly iterationsPerUser?: number;
  /** In place of that of its classes. */
  readonly host?: string;
  /** As `--tags` and `--exclude-tags`, for its users alone. */
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
  /** Above those of the run, in what its users see as `parsedOptions`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a scenario is. `ending`: its time is over, and some of its users have not ended. */
export type ScenarioState = "waiting" | "running" | "ending" | "ended";

/**
 * How the users of a class in a scenario are named where users are counted and placed. No scenario and no class has a
 * `/` in its name.
 */
export function scenarioClassKey(scenario: string, userClass: string): string {
  return `${scenario}/${userClass}`;
}

/** The two names in such a key; undefined where the users are of no scenario. */
export function readScenarioClassKey(
  key: string,
): { readonly scenario: string; readonly userClass: string } | undefined {
  const at = key.indexOf("/");
  return at < 0 ? undefined : { scenario: key.slice(0, at), userClass: key.slice(at + 1) };
}
