/**
 * Reads one scenario as a locustfile states it: every key and value is checked, whatever its type says. Each problem
 * names the key it is about, for its line. Pure.
 */
import { describeKind } from "../../base/given_text.ts";
import { nearest } from "../../base/hints/near_miss.ts";
import { parseTimeSpan, TIME_SPAN_EXAMPLES } from "../../base/units.ts";
import { findBadRate } from "../../load/arrivals/arrival_rate.ts";
import { describeBadStages, parseStages } from "../../load/shapes/stages.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";
import { toPlainData } from "../../protocol/wire/plain_data.ts";
import type { ScenarioLoad, ScenarioPlan, ScenarioStart } from "../../protocol/scenario_message.ts";
import { adviseKey, writeStages } from "./foreign_keys.ts";
import { findWrongOptions } from "./scenario_options.ts";

const KEYS = [
  "users",
  "stages",
  "userCount",
  "spawnRate",
  "arrivalRate",
  "maxUsers",
  "iterations",
  "iterationsPerUser",
  "startAfter",
  "runTime",
  "host",
  "tags",
  "excludeTags",
  "options",
] as const;
type Key = (typeof KEYS)[number];

/** One problem: a clause that follows the scenario's name. */
export interface FieldProblem {
  readonly key: string | undefined;
  readonly problem: string;
}

export interface ReadContext {
  /** The name of an exported user class; undefined: it is none. */
  readonly nameOf: (userClass: unknown) => string | undefined;
  readonly scenarioNames: readonly string[];
  readonly arguments: readonly CustomArgument[];
  /** Statics of a class that a scenario takes over where it says nothing. */
  readonly openClass: (name: string) => { readonly arrivalRate?: string | number; readonly maxUsers?: number };
}

export interface ReadScenario {
  /** Undefined where there are problems. */
  readonly plan: ScenarioPlan | undefined;
  readonly problems: readonly FieldProblem[];
}

export function readScenario(name: string, value: unknown, context: ReadContext): ReadScenario {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const problem = `it is ${describeKind(value)}; write { users: Visitor, userCount: 10 }`;
    return { plan: undefined, problems: [{ key: undefined, problem }] };
  }
  const given = Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
  const problems: FieldProblem[] = findUnknownKeys(given);
  const complain = (key: Key, problem: string): undefined => {
    problems.push({ key, problem });
    return undefined;
  };
  const userClasses = readClasses(given["users"], context, complain);
  const load = readLoad(given, userClasses, context, complain);
  const iterations = readIterations(given, load, complain);
  const start = readStart(given["startAfter"], name, context.scenarioNames, complain);
  const runTimeSeconds = given["runTime"] === undefined ? undefined : readSeconds(given["runTime"]);
  if (given["runTime"] !== undefined && !(runTimeSeconds !== undefined && runTimeSeconds > 0)) {
    complain(
      "runTime",
      `its runTime is ${describeKind(given["runTime"])}; give a time above 0, as in ${TIME_SPAN_EXAMPLES}`,
    );
  }
  const host = readHost(given["host"], complain);
  const tags = readTags("tags", given["tags"], complain);
  const excludeTags = readTags("excludeTags", given["excludeTags"], complain);
  const options = readOptions(given["options"], context.arguments, complain);
  if (problems.length > 0 || load === undefined || start === undefined) return { plan: undefined, problems };
  return {
    plan: {
      name,
      userClasses,
      load,
      start,
      ...(runTimeSeconds === undefined ? {} : { runTimeSeconds }),
      ...iterations,
      ...(host === undefined ? {} : { host }),
      tags,
      excludeTags,
      options,
    },
    problems,
  };
}

type Complain = (key: Key, problem: string) => undefined;
type Given = Readonly<Record<string, unknown>>;

function findUnknownKeys(given: Given): FieldProblem[] {
  return Object.keys(given).filter((key) => !(KEYS as readonly string[]).includes(key)).map((key) => {
    return { key, problem: `it has no key "${key}"; ${adviseKey(key, given, KEYS)}` };
  });
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

function readClasses(value: unknown, { nameOf }: ReadContext, complain: Complain): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (list.length === 0) {
    complain("users", "it names no user class; write users: Visitor, or a list of classes");
    return [];
  }
  const names: string[] = [];
  for (const each of list) {
    const name = nameOf(each);
    if (name !== undefined) {
      if (names.includes(name)) complain("users", `its users name ${name} twice; name it once`);
      names.push(name);
    } else if (typeof each === "function" && each.name !== "") {
      complain(
        "users",
        `its users are of ${each.name}, which is not an exported user class; export it, and do not make it abstract`,
      );
    } else if (typeof each === "string" && IDENTIFIER.test(each)) {
      complain("users", `its users are "${each}", a text; give the class itself, without quotes: users: ${each}`);
    } else complain("users", `its users are ${describeKind(each)}; give a user class, as in users: Visitor`);
  }
  return names;
}

function readLoad(
  given: Given,
  userClasses: readonly string[],
  { openClass }: ReadContext,
  complain: Complain,
): ScenarioLoad | undefined {
  const loads = (["stages", "userCount", "arrivalRate"] as const).filter((key) => given[key] !== undefined);
  const [first, second] = loads;
  if (first !== undefined && second !== undefined) {
    return complain(second, `it has ${first} and ${second}, and each of them is a load; leave out one`);
  }
  const open = userClasses.length === 1 ? openClass(userClasses[0] as string) : {};
  const rate = given["arrivalRate"] ?? (first === undefined ? open.arrivalRate : undefined);
  if (given["spawnRate"] !== undefined && first !== "userCount") {
    complain("spawnRate", "it has a spawnRate, which belongs to userCount; leave it out, or give userCount");
  }
  if (given["maxUsers"] !== undefined && rate === undefined) {
    complain("maxUsers", "it has maxUsers, which belongs to arrivalRate; leave it out, or give arrivalRate");
  }
  if (rate !== undefined) {
    const ours = writeStages(rate, given);
    if (ours !== undefined) {
      return complain("arrivalRate", `its arrivalRate is a list; write it as a text, as in arrivalRate: ${ours}`);
    }
    return readArrivals(rate, given["maxUsers"] ?? open.maxUsers, complain);
  }
  if (first === "stages") return readStages(given, complain);
  if (first === "userCount") return readUsers(given["userCount"], given["spawnRate"] ?? 1, complain);
  if (given["iterations"] !== undefined || given["iterationsPerUser"] !== undefined) return readUsers(1, 1, complain);
  if (Object.keys(given).some((key) => !(KEYS as readonly string[]).includes(key))) return undefined; // it may be that one
  const own = userClasses.filter((name) => openClass(name).arrivalRate !== undefined);
  if (own.length > 0) {
    const have = own.length === 1 ? "has an arrivalRate of its own" : "have arrivalRates of their own";
    return complain(
      "users",
      `${own.join(" and ")} ${have}, which ${own.length === 1 ? "counts" : "count"} only in a scenario of one class; ` +
        'give each class a scenario, or this one an arrivalRate ("10/s") that its classes share by weight',
    );
  }
  return complain(
    "users",
    'it has no load; give userCount, stages ("1m:100, 5m:100"), arrivalRate ("10/s") or iterations',
  );
}

function readArrivals(rate: unknown, maxUsers: unknown, complain: Complain): ScenarioLoad | undefined {
  if (maxUsers !== undefined && !isWhole(maxUsers, 1)) {
    complain("maxUsers", `its maxUsers is ${describeKind(maxUsers)}; give a whole number above 0`);
  }
  const problem = findBadRate("arrivalRate", rate);
  if (problem !== undefined) return complain("arrivalRate", problem);
  return { kind: "arrivals", rate: String(rate), ...(maxUsers === undefined ? {} : { maxUsers: maxUsers as number }) };
}

function readStages(given: Given, complain: Complain): ScenarioLoad | undefined {
  const value = given["stages"];
  if (typeof value !== "string") {
    const ours = writeStages(value, given) ?? '"1m:100, 5m:100, 30s:0"';
    const key = ours.includes("/") ? "arrivalRate: " : "";
    return complain("stages", `its stages are ${describeKind(value)}; write them as a text, as in ${key}${ours}`);
  }
  try {
    const stages = parseStages(value);
    if (stages.every(({ users }) => users === 0)) return complain("stages", "no stage of it has a user; give one some");
    return { kind: "stages", stages: stages.map(({ durationSeconds, users }) => ({ durationSeconds, users })) };
  } catch (thrown) {
    return complain("stages", `its stages cannot be used: ${describeBadStages(thrown)}`);
  }
}

function readUsers(users: unknown, spawnRate: unknown, complain: Complain): ScenarioLoad | undefined {
  const isRate = typeof spawnRate === "number" && Number.isFinite(spawnRate) && spawnRate > 0;
  if (!isRate) complain("spawnRate", `its spawnRate is ${describeKind(spawnRate)}; give users a second, above 0`);
  if (!isWhole(users, 1)) {
    return complain("userCount", `its userCount is ${describeKind(users)}; give a whole number above 0`);
  }
  return isRate ? { kind: "users", users, spawnRate } : undefined;
}

function readIterations(
  given: Given,
  load: ScenarioLoad | undefined,
  complain: Complain,
): Pick<ScenarioPlan, "iterations" | "iterationsPerUser"> {
  const [key, other] = (["iterations", "iterationsPerUser"] as const).filter((each) => given[each] !== undefined);
  if (key === undefined) return {};
  if (other !== undefined) complain(other, "it has iterations and iterationsPerUser; leave out one");
  if (load?.kind === "arrivals" && key === "iterationsPerUser") {
    complain(
      key,
      "it has iterationsPerUser and an arrivalRate, whose users are many or few; give iterations, or leave out one",
    );
  }
  const count = given[key];
  if (isWhole(count, 1)) return { [key]: count };
  complain(key, `its ${key} is ${describeKind(count)}; give a whole number above 0`);
  return {};
}

function readStart(
  value: unknown,
  own: string,
  names: readonly string[],
  complain: Complain,
): ScenarioStart | undefined {
  if (value === undefined) return { kind: "time", seconds: 0 };
  const seconds = readSeconds(value);
  if (seconds !== undefined) return { kind: "time", seconds };
  if (typeof value !== "string") {
    return complain(
      "startAfter",
      `its startAfter is ${describeKind(value)}; give a time ("1m") or the name of a scenario`,
    );
  }
  if (value === own) return complain("startAfter", "it starts after itself; name another scenario");
  if (names.includes(value)) return { kind: "scenario", name: value };
  const meant = nearest(value, names.filter((name) => name !== own));
  const others = names.filter((name) => name !== own).join(", ");
  const advice = meant !== undefined
    ? `did you mean "${meant}"?`
    : `give a time, as in ${TIME_SPAN_EXAMPLES}${others === "" ? "" : `, or one of ${others}`}`;
  return complain("startAfter", `its startAfter is "${value}", which is neither a time nor a scenario; ${advice}`);
}

function readSeconds(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0 ? value : undefined;
  return typeof value === "string" ? parseTimeSpan(value) : undefined;
}

function readHost(value: unknown, complain: Complain): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string" && value !== "") return value;
  return complain("host", `its host is ${describeKind(value)}; give a URL as text, as in "https://shop.example"`);
}

function readTags(key: "tags" | "excludeTags", value: unknown, complain: Complain): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((tag) => typeof tag === "string" && tag !== "")) return value;
  const isOfSamples = key === "tags" && typeof value === "object" && value !== null && !Array.isArray(value);
  const others = isOfSamples ? "; tags of samples are those of its class: static tags" : "";
  complain(key, `its ${key} are ${describeKind(value)}; give a list of tags of tasks, as in ["buy"]${others}`);
  return [];
}

function readOptions(
  value: unknown,
  customArguments: readonly CustomArgument[],
  complain: Complain,
): Readonly<Record<string, unknown>> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    complain("options", `its options are ${describeKind(value)}; give an object, as in { tenant: "b" }`);
    return {};
  }
  for (const problem of findWrongOptions(value as Given, customArguments)) complain("options", problem);
  try {
    return toPlainData(value) as Given;
  } catch {
    complain("options", "its options are no plain data (too deep, or in a circle); give texts, numbers and lists");
    return {};
  }
}

function isWhole(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= least;
}
