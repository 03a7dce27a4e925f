/** The load that a start form asks for: its fields as they were typed, checked, and as a plan. Pure. */
import { parseTimeSpan, TIME_SPAN_EXAMPLES } from "../../src/base/units.ts";
import { parseArrivalRate, RATE_EXAMPLES } from "../../src/load/arrivals/arrival_rate.ts";
import { describeBadSlo } from "../../src/stats/capacity/read_slo.ts";
import type { ApiForm } from "../../src/server/answers/api_types.ts";
import { readDecimal, readWhole } from "./typed_number.ts";

/** The fields as they stand in the form. */
export interface StartFields {
  readonly users: string;
  readonly spawnRate: string;
  /** Arrivals per second in place of users; undefined: users. */
  readonly rate?: string | undefined;
  /** Users at a time that serve arrivals; empty: as the classes say. */
  readonly maxUsers: string;
  /** Of a search for the capacity, which begins with the users or the rate; undefined: no search. */
  readonly slo?: string | undefined;
  readonly host: string;
  readonly runTime: string;
  readonly profile: string;
  /** `Default`: none. */
  readonly shape: string;
}

export type FieldName = keyof StartFields;

export type HostKind = "url" | "text";

/** What a host is for the classes that a form offers. */
export function hostsOf(form: Pick<ApiForm, "isHostUrl"> | undefined): HostKind {
  return form?.isHostUrl === false ? "text" : "url";
}

export interface StartPlan {
  readonly users: number;
  readonly spawnRate: number;
  /** Arrivals in place of users. */
  readonly rate?: string;
  /** Of arrivals; null: as the classes say. */
  readonly maxUsers?: number | null;
  /** Of a search for the capacity, as `--slo` each. */
  readonly slo?: readonly string[];
  /** Null: until it is stopped. */
  readonly runTimeSeconds: number | null;
}

/** The name of "no shape" in Locust's list. */
export const NO_SHAPE = "Default";

/** In the place of a shape's name: the scenarios of the locustfile are the load. */
export const SCENARIOS = "--scenario";

/** In the place of a shape's name: the load of `--stages`. */
export const STAGES = "--stages";

export interface CheckedFields {
  readonly plan: StartPlan | undefined;
  readonly problems: Readonly<Partial<Record<FieldName, string>>>;
}

/**
 * Checks each field by itself; numbers of the load are not asked for where a shape decides, unless it is one of the `askingShapes`, which
 * read them. `hosts`: whether any text may be one, as for users that speak no HTTP.
 */
export function checkFields(
  fields: StartFields,
  askingShapes: readonly string[] = [],
  hosts: HostKind = "url",
): CheckedFields {
  const problems: Partial<Record<FieldName, string>> = {};
  const isAsking = askingShapes.includes(fields.shape);
  const hasShape = !isAsking && (fields.shape !== NO_SHAPE || fields.rate !== undefined);
  const isSearch = fields.shape === NO_SHAPE && fields.slo !== undefined;
  const wrongRate = fields.shape !== NO_SHAPE || fields.rate === undefined
    ? undefined
    : problemOfRate(fields.rate, isSearch ? "capacity" : "load");
  if (wrongRate !== undefined) problems.rate = wrongRate;
  const isOpen = fields.shape === NO_SHAPE && fields.rate !== undefined;
  const maxUsers = fields.maxUsers.trim() === "" ? null : readWhole(fields.maxUsers);
  if (isOpen && maxUsers !== null && !(Number.isInteger(maxUsers) && maxUsers > 0)) {
    problems.maxUsers = "Give a whole number of users, 1 or more, or nothing.";
  }
  const slo = isSearch ? splitSlo(fields.slo) : undefined;
  const wrongSlo = slo === undefined ? undefined : problemOfSlo(slo);
  if (wrongSlo !== undefined) problems.slo = wrongSlo;
  const users = readWhole(fields.users);
  const spawnRate = readDecimal(fields.spawnRate);
  const fewest = isSearch ? 1 : 0;
  if (!hasShape && !(Number.isInteger(users) && users >= fewest)) {
    problems.users = `Give a whole number of users, ${fewest} or more.`;
  }
  if (!hasShape && !isSearch && !(spawnRate > 0 && Number.isFinite(spawnRate))) {
    problems.spawnRate = "Give the users to start per second, more than 0.";
  }
  const runTimeSeconds = fields.runTime.trim() === "" || hasOwnEnd(fields, askingShapes)
    ? null
    : parseTimeSpan(fields.runTime);
  if (runTimeSeconds === undefined) problems.runTime = `Give a time such as ${TIME_SPAN_EXAMPLES}.`;
  if (runTimeSeconds === 0) problems.runTime = "Give a time of at least 1 second, or nothing.";
  const host = hosts === "url" ? problemOfHost(fields.host) : undefined;
  if (host !== undefined) problems.host = host;
  const isWrong = Object.keys(problems).length > 0;
  if (isWrong || runTimeSeconds === undefined) return { plan: undefined, problems };
  const rate = fields.rate === undefined ? {} : { rate: fields.rate.trim(), maxUsers };
  return {
    plan: { users, spawnRate, runTimeSeconds, ...rate, ...(slo === undefined ? {} : { slo }) },
    problems,
  };
}

/** A shape or stages say when the run ends; a run time beside them would be ignored. Scenarios take one as a limit. */
export function hasOwnEnd({ shape }: Pick<StartFields, "shape">, askingShapes: readonly string[]): boolean {
  return shape !== NO_SHAPE && shape !== SCENARIOS && !askingShapes.includes(shape);
}

/** Each of them is one `--slo`. Commas stand within them. */
export function splitSlo(text: string): readonly string[] {
  return text.split(";").map((each) => each.trim()).filter((each) => each !== "");
}

/** How several of them stand in the field. */
export function joinSlo(slo: readonly string[]): string {
  return slo.join("; ");
}

export const SLO_EXAMPLE = "p99<300ms, failures<1%";

function problemOfSlo(slo: readonly string[]): string | undefined {
  if (slo.length === 0) return `Give the conditions for the system, as in ${SLO_EXAMPLE}.`;
  const wrong = slo.map((each) => [each, describeBadSlo(each)] as const).find(([, problem]) => problem !== undefined);
  return wrong === undefined ? undefined : `“${wrong[0]}”: ${wrong[1]}.`;
}

export function problemOfRate(rate: string, aim: "load" | "capacity" = "load"): string | undefined {
  try {
    parseArrivalRate(rate);
    return aim === "capacity" && rate.includes(":") ? "Give the one rate to begin with, such as 50/s." : undefined;
  } catch {
    return `Give a rate such as ${RATE_EXAMPLES}.`;
  }
}

function problemOfHost(host: string): string | undefined {
  const text = host.trim();
  if (text === "") return undefined;
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return `Begin with the protocol, as in "https://${text}".`;
  return URL.canParse(text) ? undefined : "This is not a URL.";
}

/** When the last of the users is started, in seconds. */
export function rampEnd({ users, spawnRate }: Pick<StartPlan, "users" | "spawnRate">): number {
  return users / spawnRate;
}
