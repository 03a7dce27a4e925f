/**
 * Checks the values of request options and TLS settings. TypeScript refuses most wrong ones; plain JavaScript, `any`
 * and data from a file bring the rest, and a value that is silently ignored changes what is measured. Pure; each
 * problem names the option, its value and what is allowed. `undefined` and `null` mean "not given".
 */
import { UsageError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { findWrongTags, TAGS_ADVICE } from "../../base/sample_tags.ts";

/** What is wrong with a value, or undefined. */
type Check = (value: unknown, option: string) => string | undefined;

function expect(isAllowed: (value: unknown) => boolean, allowed: string): Check {
  return (value, option) => isAllowed(value) ? undefined : `"${option}" is ${describeValue(value)}; ${allowed}`;
}

const isBoolean = (value: unknown) => typeof value === "boolean";
const isText = (value: unknown) => typeof value === "string";
const isPem = (value: unknown) => typeof value === "string" || value instanceof Uint8Array;
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isSeconds = (value: unknown) => typeof value === "number" && value > 0;
const isFields = (value: unknown) => typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
const isSignal = (value: unknown) => value instanceof AbortSignal;

const checkSeconds = expect(isSeconds, "give a number of seconds above 0");
const checkBoolean = expect(isBoolean, "it is true or false");
const checkCount = expect(isCount, "give a whole number, 0 or more");
const checkPem = expect(isPem, "give the text of the PEM file");

const TIMEOUT_PARTS: Readonly<Record<string, Check>> = {
  connect: checkSeconds,
  response: checkSeconds,
  total: checkSeconds,
};

const TLS_PARTS: Readonly<Record<string, Check>> = {
  verify: checkBoolean,
  ca: (value, option) => Array.isArray(value) ? firstProblem(value, option) : checkPem(value, option),
  cert: checkPem,
  key: checkPem,
  serverName: expect(isText, "give a host name as text"),
};

const CHECKS: ReadonlyMap<string, Check> = new Map(Object.entries<Check>({
  headers: expect(isFields, "give an object, a Map, pairs or Headers"),
  cookies: expect(isFields, "give an object, a Map or pairs"),
  timeout: (value, option) =>
    typeof value === "number" ? checkSeconds(value, option) : checkParts(
      value,
      option,
      TIMEOUT_PARTS,
      "give seconds above 0, or { connect, response, total }",
    ),
  redirect: expect((value) => value === "follow" || value === "manual", 'it is "follow" or "manual"'),
  allowRedirects: checkBoolean,
  maxRedirects: checkCount,
  maxRetries: checkCount,
  catchResponse: expect((value) => isBoolean(value) || typeof value === "function", "give true or a function"),
  context: expect((value) => isFields(value) && !Array.isArray(value), "give an object"),
  tags: (value, option) => {
    const wrong = findWrongTags(value);
    return wrong === undefined ? undefined : `"${option}" is ${wrong}; ${TAGS_ADVICE}`;
  },
  stream: checkBoolean,
  discardBody: checkBoolean,
  signal: expect(isSignal, "give an AbortSignal"),
  tls: (value, option) => checkParts(value, option, TLS_PARTS, "give { verify, ca, cert, key, serverName }"),
}));

/** The problem of one option's value; undefined: it has none, or the option has no check here. */
export function findWrongValue(option: string, value: unknown): string | undefined {
  return CHECKS.get(option)?.(value, option);
}

/** The problems of all options whose value has a wrong type or range. Bodies, parameters and credentials have own checks. */
export function findWrongValues(options: object): readonly string[] {
  const problems: string[] = [];
  for (const option in options) {
    const value = (options as Readonly<Record<string, unknown>>)[option];
    if (value === undefined || value === null) continue;
    const problem = findWrongValue(option, value);
    if (problem !== undefined) problems.push(problem);
  }
  return problems;
}

/** Throws a `UsageError` for TLS settings of a session that cannot be meant. */
export function checkTlsSettings(tls: unknown): void {
  if (tls === undefined || tls === null) return;
  const problem = CHECKS.get("tls")?.(tls, "tls");
  if (problem !== undefined) throw new UsageError(`Cannot use the TLS settings: ${problem}`);
}

function checkParts(
  value: unknown,
  option: string,
  parts: Readonly<Record<string, Check>>,
  allowed: string,
): string | undefined {
  if (!isFields(value) || Symbol.iterator in (value as object)) {
    return `"${option}" is ${describeValue(value)}; ${allowed}`;
  }
  for (const [name, part] of Object.entries(value as object)) {
    if (!Object.hasOwn(parts, name)) return `"${option}" has no "${name}"; ${allowed}`;
    const problem = part === undefined || part === null ? undefined : parts[name]?.(part, `${option}.${name}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function firstProblem(values: readonly unknown[], option: string): string | undefined {
  return values.map((value) => checkPem(value, option)).find((problem) => problem !== undefined);
}

/** Keys and passwords are no part of an error: text is quoted only where it is short. */
function describeValue(value: unknown): string {
  return typeof value === "string" && value.length > 40 ? `a text of ${value.length} characters` : describeKind(value);
}
