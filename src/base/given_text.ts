/**
 * The one rule for names and keys that user code hands over: request names and types, message types, tags, failure
 * texts. Text is taken as it is, numbers and booleans become text, null and undefined mean "not given". Anything else
 * is a mistake of the caller and throws at the call: an object would end up as "[object Object]" in a report, or break
 * the message that carries it.
 */
import { LocustError } from "./errors.ts";

/** The code of what a value is refused with. */
export const BAD_TEXT_CODE = "bad_text";

/**
 * The text of a value, undefined if none was given. `what` names it for the error: `"name" of events.request.fire`.
 *
 * @throws LocustError if it is neither text nor a number nor a boolean.
 */
export function givenText(value: unknown, what: string): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  throw new LocustError(
    `Cannot use ${describeKind(value)} as ${what}: it is not a text; pass a string, a number or a boolean`,
    { code: BAD_TEXT_CODE },
  );
}

/** The same for the name of a row: an empty text, of a setting that was left out, names none. */
export function givenName(value: unknown, what: string): string | undefined {
  return givenText(value, what) || undefined;
}

/**
 * The text of a value that must be given.
 *
 * @throws LocustError if it is not given, or is no text.
 */
export function requiredText(value: unknown, what: string): string {
  const text = givenText(value, what);
  if (text !== undefined) return text;
  throw new LocustError(`Cannot leave out ${what}: it is ${String(value)}; pass a string`, { code: BAD_TEXT_CODE });
}

/** `an object (URL)`, `a function`: says what a value is without calling any code of its own. */
export function describeKind(value: unknown): string {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  const name = classNameOf(value);
  if (name === "Promise") return "a promise that was not awaited";
  return name === undefined ? "an object" : `an object (${name})`;
}

function classNameOf(value: object): string | undefined {
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (typeof prototype !== "object" || prototype === null) return undefined;
    const made: unknown = Reflect.get(prototype, "constructor");
    return typeof made === "function" && made.name !== "" && made.name !== "Object" ? made.name : undefined;
  } catch {
    return undefined; // a proxy that answers nothing: an object it is all the same
  }
}
