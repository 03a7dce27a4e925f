/**
 * The settings of a capacity search, as plain data: a journal holds them, and a master that resumes the run goes on by
 * them. Pure.
 */
import type { LoadRange } from "../../load/capacity/load_scale.ts";
import { DEFAULT_STEP_SECONDS } from "../../load/capacity/step_pace.ts";
import type { CapacityAim, CapacityReport, CapacityUnit } from "../../protocol/capacity_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";

export interface CapacitySettings {
  readonly range: LoadRange;
  /** As written. */
  readonly slo: readonly string[];
  readonly stepSeconds: number;
  /** Users that arrivals may have at a time; absent in a search over users. */
  readonly maxUsers?: number;
  /** Users started a second; absent: as many as a step needs to begin within moments. */
  readonly spawnRate?: number;
  readonly atLeast?: AtLeast;
}

export interface AtLeast {
  readonly text: string;
  readonly limit: number;
  readonly unit: CapacityUnit;
}

/** More users than this take more than one machine, and are asked for by name: `--max-users`. */
const DEFAULT_MAX_SEARCHED = 10_000;
/** The most that `--rate` takes: the load generator is the limit long before. */
const MAX_SEARCHED_RATE = 10_000_000;
export const DEFAULT_START_USERS = 10;

/** `1500/s`, `90/m`, `500 users`, `500`: of the searched unit; undefined: it is none of them. */
export function parseAtLeast(text: string): AtLeast | undefined {
  const match = /^(\d+(?:\.\d*)?|\.\d+)\s*(users?|\/\s*(?:s|m|min|h))$/.exec(text.trim());
  if (match === null) return undefined;
  const [, number = "", unit = ""] = match;
  if (unit.startsWith("user")) return { text: text.trim(), limit: Number(number), unit: "users" };
  const seconds = { s: 1, m: 60, min: 60, h: 3600 }[unit.replace(/^\/\s*/, "")] ?? 1;
  return { text: text.trim(), limit: Number(number) / seconds, unit: "/s" };
}

export function planCapacity(options: {
  readonly slo: readonly string[];
  readonly unit: CapacityUnit;
  readonly start: number;
  readonly maxUsers?: number | undefined;
  readonly poolUsers: number;
  readonly stepSeconds?: number | undefined;
  readonly spawnRate?: number | undefined;
  readonly atLeast?: string | undefined;
}): CapacitySettings {
  const { unit, slo, maxUsers, stepSeconds = DEFAULT_STEP_SECONDS, spawnRate } = options;
  const atLeast = options.atLeast === undefined ? undefined : parseAtLeast(options.atLeast);
  const max = unit === "users" ? maxUsers ?? DEFAULT_MAX_SEARCHED : MAX_SEARCHED_RATE;
  return {
    range: { unit, start: Math.min(options.start, max), max },
    slo,
    stepSeconds,
    ...(unit === "/s" ? { maxUsers: options.poolUsers } : {}),
    ...(spawnRate === undefined ? {} : { spawnRate }),
    ...(atLeast === undefined ? {} : { atLeast }),
  };
}

export function aimOf({ range, slo, atLeast }: CapacitySettings): CapacityAim {
  return { ...range, slo, ...(atLeast === undefined ? {} : { atLeast: atLeast.text }) };
}

/** `--at-least` as a threshold: outputs and exit code need no other word for it. */
export function judgeAtLeast(settings: CapacitySettings, report: CapacityReport): readonly ThresholdStatus[] {
  const { atLeast } = settings;
  if (atLeast === undefined) return [];
  const measured = atLeast.unit === report.unit ? report.load : report.requestsPerSecond;
  return [{
    expression: `--at-least ${atLeast.text}`,
    scope: "Aggregated",
    metric: "capacity",
    statistic: "capacity",
    operator: ">=",
    limit: atLeast.limit,
    unit: atLeast.unit,
    measured,
    state: measured !== null && measured >= atLeast.limit ? "met" : "broken",
    crossedAtSeconds: null,
    windowSeconds: null,
    aborts: false,
    ...(measured === null ? { lacks: "samples" as const } : {}),
  }];
}
