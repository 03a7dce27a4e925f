/** The load that a start form asks for: checked, drawn as users over time, told in one sentence, and as the equal command line. Pure. */
import { quoteItem } from "../../src/base/text/quote_item.ts";
import { parseTimeSpan, TIME_SPAN_EXAMPLES } from "../../src/base/units.ts";
import { parseArrivalRate, RATE_EXAMPLES } from "../../src/load/arrivals/arrival_rate.ts";
import { describeBadSlo } from "../../src/stats/capacity/read_slo.ts";
import type { ApiForm } from "../../src/server/answers/api_types.ts";
import { formatClock, formatCount, formatDuration, formatNumber } from "./format.ts";
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
function splitSlo(text: string): readonly string[] {
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

export interface RampPoint {
  readonly second: number;
  readonly users: number;
}

/** A part that is shown beside the ramp where no end is known. */
const OPEN_SHARE = 0.6;

/** Users over time, from the start to the end, or to a while after the ramp. The ramp is a line: steps would not be seen. */
export function rampPreview({ users, spawnRate, runTimeSeconds }: StartPlan): readonly RampPoint[] {
  const rampSeconds = rampEnd({ users, spawnRate });
  const end = runTimeSeconds ?? Math.max(10, rampSeconds / (1 - OPEN_SHARE));
  if (rampSeconds >= end) return [{ second: 0, users: 0 }, { second: end, users: Math.floor(end * spawnRate) }];
  const held = [{ second: rampSeconds, users }, { second: end, users }];
  return [{ second: 0, users: 0 }, ...held, ...(runTimeSeconds === null ? [] : [{ second: end, users: 0 }])];
}

/** A constant rate without an end is drawn so far. */
const OPEN_SECONDS = 10;

/** Arrivals a second over time, to the end of the stages or of the run. A jump is two points of one time. */
export function ratePreview(
  { rate, runTimeSeconds }: Pick<StartPlan, "rate" | "runTimeSeconds">,
): readonly RampPoint[] {
  if (rate === undefined) return [];
  const { points, endMs = Infinity } = parseArrivalRate(rate).curve;
  const corners = points.map(([ms, users]) => ({ second: ms / 1000, users }));
  const endSeconds = Math.min(endMs / 1000, runTimeSeconds ?? Infinity);
  const hasEnd = endSeconds < Infinity;
  const until = hasEnd ? endSeconds : OPEN_SECONDS;
  const before = corners.filter(({ second }) => second < until);
  const line = [...before, { second: until, users: valueAt(corners, until) }];
  if (!hasEnd) return line;
  const isOverEarly = runTimeSeconds !== null && endSeconds < runTimeSeconds;
  return [
    ...line,
    { second: endSeconds, users: 0 },
    ...(isOverEarly ? [{ second: runTimeSeconds, users: 0 }] : []),
  ];
}

/** Between two corners the value moves in a straight line; after the last it stays. */
function valueAt(corners: readonly RampPoint[], second: number): number {
  const next = corners.find((corner) => corner.second >= second);
  const last = corners.findLast((corner) => corner.second < second);
  if (next === undefined || last === undefined) return (next ?? last)?.users ?? 0;
  return last.users + (next.users - last.users) * (second - last.second) / (next.second - last.second);
}

function rampEnd({ users, spawnRate }: Pick<StartPlan, "users" | "spawnRate">): number {
  return users / spawnRate;
}

/** What the Start button will do, in one sentence. */
export function describePlan(plan: StartPlan): string {
  const { users, spawnRate, runTimeSeconds, rate: arrivals, slo } = plan;
  if (slo !== undefined) return describeSearch(plan, slo);
  if (arrivals !== undefined) return describeArrivals(arrivals, runTimeSeconds);
  if (users === 0) return "Starts without users; add some with Edit.";
  const rampSeconds = rampEnd(plan);
  const rate = `${formatNumber(spawnRate, Number.isInteger(spawnRate) ? 0 : 1)} per second`;
  const starts = rampSeconds <= 1
    ? `Starts ${formatCount(users, "user")} at once`
    : `Starts ${rate} until ${formatCount(users, "user")} run after ${formatDuration(rampSeconds)}`;
  if (runTimeSeconds === null) return `${starts}, and runs until you stop it.`;
  if (rampSeconds > runTimeSeconds) {
    const reached = formatCount(Math.floor(runTimeSeconds * spawnRate), "user");
    return `Starts ${rate}, and stops after ${formatDuration(runTimeSeconds)} with ${reached} of ${
      formatNumber(users)
    }: the ramp needs ${formatDuration(rampSeconds)}.`;
  }
  return `${starts}, holds them for ${formatDuration(runTimeSeconds - rampSeconds)}, and stops at ${
    formatClock(runTimeSeconds)
  }.`;
}

function describeSearch({ users, rate, runTimeSeconds }: StartPlan, slo: readonly string[]): string {
  const start = rate === undefined
    ? `Begins with ${formatCount(users, "user")}, and searches for the most users that keep`
    : `Begins with arrivals at ${nameRate(rate)}, and searches for the highest rate that keeps`;
  const end = runTimeSeconds === null
    ? "It ends by itself, mostly within eight minutes."
    : `It ends by itself, or at ${formatClock(runTimeSeconds)} with what is known by then.`;
  return `${start} ${joinSlo(slo)}. ${end}`;
}

function nameRate(rate: string): string {
  return /^[\d.]+$/.test(rate) ? `${rate}/s` : rate;
}

function describeArrivals(rate: string, runTimeSeconds: number | null): string {
  const starts = rate.includes(":")
    ? `Starts arrivals in stages (${rate}), however fast the system answers`
    : `Starts arrivals at ${nameRate(rate)}, however fast the system answers`;
  const { endMs = Infinity } = parseArrivalRate(rate).curve;
  const endSeconds = runTimeSeconds ?? endMs / 1000; // a run time beyond the stages is waited for
  return endSeconds === Infinity ? `${starts}.` : `${starts}, and stops at ${formatClock(endSeconds)}.`;
}

/** `5400` → `1h30m`: as a run time is typed. */
export function formatSpan(seconds: number): string {
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = `${h > 0 ? `${h}h` : ""}${m > 0 ? `${m}m` : ""}${s > 0 ? `${s}s` : ""}`;
  return text === "" ? "0s" : text;
}

/** In the place of a shape's name: the scenarios of the locustfile are the load. */
export const SCENARIOS = "--scenario";

/** In the place of a shape's name: the load of `--stages`. */
export const STAGES = "--stages";

export interface CommandParts {
  /** The words before those of the form. */
  readonly command: readonly string[];
  /** More of them for a search. */
  readonly searchCommand: readonly string[];
  readonly fields: StartFields;
  /** There are load shapes to choose from: without a word the first one would decide the load. */
  readonly hasShapes: boolean;
  /** Of them: those that read users, spawn rate and run time. */
  readonly askingShapes: readonly string[];
  /** Of the command line, for where they decide the load. */
  readonly stages: string | null;
  /** Custom options that differ from their defaults, by their long names; a list has its flag several times. */
  readonly options: readonly (readonly [name: string, value: string | boolean | readonly string[]])[];
  /** Empty: all of them. */
  readonly userClasses: readonly string[];
  /** The same of scenarios. */
  readonly scenarios: readonly string[];
}

/** The same run from a shell. */
export function toCommandLine(
  { command, searchCommand, fields, hasShapes, askingShapes, stages, options, userClasses, scenarios }: CommandParts,
): string {
  const words = [...command];
  const add = (flag: string, value: string) => {
    if (value.trim() !== "") words.push(`--${flag}`, value.trim());
  };
  const addNumber = (flag: string, typed: string, value: number) =>
    add(flag, Number.isFinite(value) ? String(value) : typed);
  words.push(...userClasses);
  add("scenario", scenarios.join(","));
  add("host", fields.host);
  const isSearch = fields.shape === NO_SHAPE && fields.slo !== undefined;
  if (isSearch) {
    words.push("--find-max");
    for (const each of splitSlo(fields.slo)) add("slo", each);
    words.push(...searchCommand);
  }
  if (fields.shape === NO_SHAPE && fields.rate !== undefined) add("rate", fields.rate);
  else if (fields.shape === NO_SHAPE || askingShapes.includes(fields.shape)) {
    addNumber("users", fields.users, readWhole(fields.users));
    if (!isSearch) addNumber("spawn-rate", fields.spawnRate, readDecimal(fields.spawnRate));
  }
  addNumber("max-users", fields.maxUsers, readWhole(fields.maxUsers));
  if (fields.shape === STAGES) add("stages", stages ?? "");
  else if (hasShapes && fields.rate === undefined) add("shape", fields.shape);
  if (!hasOwnEnd(fields, askingShapes)) add("run-time", fields.runTime);
  add("profile", fields.profile);
  for (const [name, value] of options) {
    if (value === true) words.push(`--${name}`);
    else if (typeof value === "string") words.push(`--${name}`, value);
    else if (typeof value === "object") { for (const each of value) words.push(`--${name}`, quoteItem(each)); }
  }
  return words.map(quoteForShell).join(" ");
}

/** As it must be written for a POSIX shell to read it as one word. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
