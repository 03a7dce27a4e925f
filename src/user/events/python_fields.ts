/**
 * Listeners that ask for an event's fields by their Python names would get `undefined` for each: they are refused when they are
 * added. Reads the parameter of the listener's text; what it cannot read it lets pass.
 */
import { LocustError } from "../../base/errors.ts";
import { toCamelCase } from "../../base/spelling_hint.ts";

/** Locust's names of fields that are two words or more. */
const FIELDS = new Set(
  ("request_type response_time response_length start_time user_instance user_count client_id exit_code web_ui cpu_usage " +
    "memory_usage last_request_timestamp").split(" "),
);

const DESTRUCTURED = /^(?:async\s*)?(?:function\s*[\w$]*\s*)?\(?\s*\{([^{}]*)\}/;

/** @throws LocustError if the listener takes fields by names that no event has. */
export function checkFieldNames(listener: unknown, eventName: string): void {
  if (typeof listener !== "function") {
    throw new LocustError(
      `Cannot listen to "${eventName}": ${
        listener === null ? "null" : typeof listener
      } is not a function; pass a listener`,
    );
  }
  const taken = DESTRUCTURED.exec(Function.prototype.toString.call(listener))?.[1] ?? "";
  const names = taken.split(",").map((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? "").filter((name) => FIELDS.has(name));
  if (names.length === 0) return;
  const [wrong, right] = [names, names.map(toCamelCase)].map((list) => list.map((name) => `"${name}"`).join(", "));
  throw new LocustError(
    `Cannot listen to "${eventName}" for ${wrong}: no event has that; names are in camelCase here: ${right}`,
  );
}
