/** Reads starts and edits from JSON and from Locust's forms. Refuses each wrong value with the key that it stands under. Pure. */
import { parseTimeSpan } from "../../base/units.ts";
import { UsageError } from "../../base/errors.ts";
import { parseArrivalRate } from "../../load/arrivals/arrival_rate.ts";
import { describeBadSlo } from "../../stats/capacity/read_slo.ts";
import { Refusal } from "../answers/api_error.ts";
import type { ApiOptionValue } from "../answers/api_types.ts";
import type { EditOrder, StartOrder } from "./run_control.ts";

type Fields = Readonly<Record<string, unknown>>;

const START_KEYS = [
  "users",
  "spawnRate",
  "rate",
  "maxUsers",
  "slo",
  "host",
  "runTime",
  "userClasses",
  "scenarios",
  "shape",
  "tags",
  "profile",
  "options",
];
const EDIT_KEYS = ["users", "spawnRate", "rate", "targetRate", "runTime", "host", "options"];
/** More users than any run has: a slip of the finger must not fill the memory. */
export const MAX_USERS = 10_000_000;

export function readStart(body: unknown): StartOrder {
  const fields = readObject(body, START_KEYS);
  return {
    ...readCommon(fields),
    ...take(fields, "maxUsers", (value, key) => isNone(value) ? null : readMaxUsers(value, key)),
    ...take(fields, "slo", (value, key) => isNone(value) ? null : readSlos(value, key)),
    ...take(fields, "userClasses", readTexts),
    ...take(fields, "scenarios", readTexts),
    ...take(fields, "shape", (value, key) => isNone(value) || value === "Default" ? null : readText(value, key)),
    ...take(fields, "tags", readTexts),
    ...take(fields, "profile", (value, key) => isNone(value) ? null : readText(value, key)),
    ...take(fields, "options", readOptions),
  };
}

export function readEdit(body: unknown): EditOrder {
  const fields = readObject(body, EDIT_KEYS);
  if (Object.keys(fields).length === 0) {
    throw wrong("users", "the body has no key", `give one of ${EDIT_KEYS.join(", ")}`);
  }
  return { ...readCommon(fields), ...take(fields, "targetRate", readRate), ...take(fields, "options", readOptions) };
}

/** A time limit in seconds, null for none. `run_time` of Locust's form is read by it too. */
export function readRunTime(value: unknown, key: string): number | null {
  if (isNone(value)) return null;
  const advice = 'write seconds, or "20", "20s", "3m", "2h", "1h20m", "3h30m10s"';
  if (typeof value === "number") {
    if (!(value > 0) || !Number.isSafeInteger(value)) {
      throw wrong(key, "it is not a whole number of seconds above 0", advice);
    }
    return value;
  }
  const seconds = typeof value === "string" ? parseTimeSpan(value.trim()) : undefined;
  if (seconds === undefined || !(seconds > 0)) throw wrong(key, `"${String(value)}" is not a time span`, advice);
  return seconds;
}

function readUsers(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > MAX_USERS) {
    throw wrong(key, `${show(value)} is not a number of users`, `give a whole number from 0 to ${MAX_USERS}`);
  }
  return value;
}

function readMaxUsers(value: unknown, key: string): number {
  const users = readUsers(value, key);
  if (users === 0) throw wrong(key, "no user could serve an arrival", `give a whole number from 1 to ${MAX_USERS}`);
  return users;
}

function readSpawnRate(value: unknown, key: string): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) {
    throw wrong(key, `${show(value)} is not a rate above 0`, "give users started per second, such as 10 or 0.5");
  }
  return value;
}

/** An arrival rate as text, whose form `--rate` has. */
function readRate(value: unknown, key: string): string {
  const text = typeof value === "number" ? String(value) : readText(value, key);
  try {
    parseArrivalRate(text);
    return text;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new Refusal(422, error.message, key);
  }
}

/** Null: there is none. */
function readSlos(value: unknown, key: string): readonly string[] | null {
  const texts = readTexts(value, key).map((text) => text.trim()).filter((text) => text !== "");
  for (const text of texts) {
    const problem = describeBadSlo(text);
    if (problem !== undefined) throw new Refusal(422, `Cannot read the SLO "${text}": ${problem}`, key);
  }
  return texts.length === 0 ? null : texts;
}

/** A host, or an empty text for that of the classes. Which one can be used, the classes decide: only those with an HTTP client need a URL. */
export function readHost(value: unknown, key: string): string {
  return readText(value, key).trim();
}

function readCommon(fields: Fields): EditOrder {
  return {
    ...take(fields, "users", readUsers),
    ...take(fields, "spawnRate", readSpawnRate),
    ...take(fields, "rate", (value, key) => isNone(value) ? null : readRate(value, key)),
    ...take(fields, "host", (value, key) => value === null ? "" : readHost(value, key)),
    ...("runTime" in fields ? { runTimeSeconds: readRunTime(fields["runTime"], "runTime") } : {}),
  };
}

function readObject(body: unknown, keys: readonly string[]): Fields {
  if (!isObject(body)) throw new Refusal(400, "Cannot read the body: it is not a JSON object; send {…}");
  const stray = Object.keys(body).find((key) => !keys.includes(key));
  if (stray !== undefined) throw wrong(stray, "there is no such key", `the keys are ${keys.join(", ")}`);
  return body;
}

function take<Key extends string, Value>(
  fields: Fields,
  key: Key,
  read: (value: unknown, key: string) => Value,
): { readonly [K in Key]?: Value } {
  if (fields[key] === undefined) return {};
  return { [key]: read(fields[key], key) } as { readonly [K in Key]: Value };
}

function readOptions(options: unknown): Readonly<Record<string, ApiOptionValue>> {
  if (!isObject(options)) throw wrong("options", "it is not an object", 'write {"name": value}');
  for (const [name, value] of Object.entries(options)) {
    const isFine = value === null || ["string", "number", "boolean"].includes(typeof value) ||
      (Array.isArray(value) && value.every((item) => typeof item === "string"));
    if (!isFine) {
      throw wrong("options", `the value of "${name}" is neither text, number, flag nor list of texts`, "change it");
    }
  }
  return options as Readonly<Record<string, ApiOptionValue>>;
}

function readText(value: unknown, key: string): string {
  if (typeof value !== "string") throw wrong(key, `${show(value)} is not text`, "write it in quotes");
  return value;
}

function readTexts(value: unknown, key: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value as readonly string[];
  throw wrong(key, `${show(value)} is not a list of texts`, 'write ["one", "two"]');
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNone(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === "string" && value.trim() === "");
}

function wrong(key: string, what: string, advice: string): Refusal {
  return new Refusal(422, `Cannot use ${key}: ${what}; ${advice}`, key);
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
