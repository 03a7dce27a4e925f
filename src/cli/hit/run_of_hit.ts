/** The options of the run that a hit is, as words of a command line: what was typed, and what a hit has where nothing says otherwise. Pure. */
import type { RawValue } from "../options/reading/argv_reader.ts";
import type { ResolvedOptions } from "../options/reading/resolve_options.ts";
import { RUN_OPTIONS_OF_HIT } from "../options/table/hit_options.ts";

/** What wrk has: enough to see a system work, and no system suffers from it. */
const DEFAULT_USERS = 10;
const DEFAULT_RUN_TIME = "10s";

/** All users are there at once: a hit has no ramp unless one is asked for. */
const RAMPS_PER_SECOND = 100;

export function optionsOfRun(typed: ReadonlyMap<string, RawValue>, resolved: ResolvedOptions): readonly string[] {
  return [...typedAgain(typed), ...defaults(resolved), ...journals(resolved), ...tables(resolved)];
}

/** What was typed of the options of a run, each as one word. */
function typedAgain(typed: ReadonlyMap<string, RawValue>): readonly string[] {
  return RUN_OPTIONS_OF_HIT.flatMap(({ name }) => {
    const raw = typed.get(name);
    if (raw === undefined) return [];
    if (raw.kind === "bare") return [`--${name}`];
    return (raw.kind === "text" ? [raw.text] : raw.items).map((text) => `--${name}=${text}`);
  });
}

/** Where neither command line, environment nor a config file says anything. */
function defaults({ values }: ResolvedOptions): readonly string[] {
  const isOpen = (name: string) => {
    const value = values.get(name);
    return value === undefined || value.origin.kind === "default";
  };
  if (!isOpen("stages") || !isOpen("find-max")) return [];
  // A number of requests is an end of its own.
  const runTime = isOpen("run-time") && isOpen("iterations") && isOpen("iterations-per-user")
    ? [`--run-time=${DEFAULT_RUN_TIME}`]
    : [];
  // Arrivals take the place of users; those in stages end by themselves.
  if (!isOpen("rate")) return String(values.get("rate")?.value).includes(":") ? [] : runTime;
  const users = isOpen("users") ? DEFAULT_USERS : Number(values.get("users")?.value);
  return [
    ...(isOpen("users") ? [`--users=${users}`] : []),
    ...(isOpen("spawn-rate") ? [`--spawn-rate=${Math.max(1, users) * RAMPS_PER_SECOND}`] : []),
    ...runTime,
  ];
}

/** A master keeps a journal so that its run can be resumed, and the locustfile of a hit is gone by then. */
function journals({ values }: ResolvedOptions): readonly string[] {
  const isMaster = values.get("master")?.value === true;
  return isMaster && (values.get("journal")?.origin.kind ?? "default") === "default" ? ["--journal=none"] : [];
}

/** The tables that a hit has beside those of a run. Phases cost half a microsecond a request. */
function tables({ values }: ResolvedOptions): readonly string[] {
  return ["--latencies", ...(values.get("phases")?.origin.kind === "default" ? ["--phases"] : [])];
}
