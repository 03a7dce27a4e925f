/**
 * Listeners that ask for an event's fields by their Python names, or one by one, would get `undefined` for each: they
 * are refused when they are added. Reads the parameters of the listener's text; what it cannot read it lets pass.
 */
import { LocustError } from "../../base/errors.ts";
import { toCamelCase } from "../../base/hints/spelling_hint.ts";

/** Locust's names of fields that are two words or more. */
const FIELDS = new Set(
  ("request_type response_time response_length start_time user_instance user_count client_id exit_code web_ui cpu_usage " +
    "memory_usage last_request_timestamp").split(" "),
);

const DESTRUCTURED = /^(?:async\s*)?(?:function\s*[\w$]*\s*)?\(?\s*\{([^{}]*)\}/;

/** A single parameter that is called like a field: it would be the object around it. */
const LIKE_A_FIELD = /^(?:async\s*)?(?:function\s*[\w$]*\s*)?\(?\s*(environment|runner|parser|webUi)\s*(?:\)|=>)/;

/** @throws LocustError if the listener takes fields by names that no event has, or not from the object that it gets. */
export function checkFieldNames(listener: unknown, eventName: string): void {
  if (typeof listener !== "function") {
    throw new LocustError(
      `Cannot listen to "${eventName}": ${
        listener === null ? "null" : typeof listener
      } is not a function; pass a listener`,
    );
  }
  const text = Function.prototype.toString.call(listener);
  const alone = LIKE_A_FIELD.exec(text)?.[1];
  if (alone !== undefined || listener.length > 1) {
    throw new LocustError(
      `Cannot listen to "${eventName}" with ${
        alone === undefined ? `${listener.length} parameters` : `a parameter "${alone}"`
      }: a listener gets one object with all fields; write ({ ${alone ?? "…"} }) => …`,
    );
  }
  const taken = DESTRUCTURED.exec(text)?.[1] ?? "";
  const names = taken.split(",").map((part) => /^\s*([\w$]+)/.exec(part)?.[1] ?? "").filter((name) => FIELDS.has(name));
  if (names.length === 0) return;
  const [wrong, right] = [names, names.map(toCamelCase)].map((list) => list.map((name) => `"${name}"`).join(", "));
  throw new LocustError(
    `Cannot listen to "${eventName}" for ${wrong}: no event has that; names are in camelCase here: ${right}`,
  );
}
