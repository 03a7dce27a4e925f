/**
 * Converts values to plain data: null, booleans, numbers, text, bytes, lists and maps with text keys. Custom messages,
 * options and shared data come from user code; JSON's rules (plus bytes) bring them into this form, so that a program
 * in any language can read them.
 */
import { LocustError } from "../../base/errors.ts";
import { MAX_DEPTH } from "./scan_value.ts";

/** Levels that a message has around the data of user code. */
const OWN_DEPTH = 4;

/**
 * A copy in plain types: absent and undefined fields are left out, objects with `toJSON` (dates, URLs) become what it
 * returns, sets and maps become lists and maps, functions and symbols vanish, whole bigints become numbers if they fit
 * and text if not. Throws a `LocustError` where data is nested too deeply or in a circle.
 */
export function toPlainData(value: unknown, depth = 0): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
    case "number":
      return value;
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "object":
      return value === null ? null : toPlainObject(value, depth);
    default: // undefined, function, symbol
      return undefined;
  }
}

function toPlainObject(value: object, depth: number): unknown {
  if (depth > MAX_DEPTH - OWN_DEPTH) {
    throw new LocustError(
      `Cannot send data that is nested deeper than ${MAX_DEPTH - OWN_DEPTH} levels or in a circle; make it flatter`,
      { code: "data_too_deep" },
    );
  }
  if (value instanceof Uint8Array) return value;
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if ("toJSON" in value && typeof value.toJSON === "function") return toPlainData(value.toJSON(), depth + 1);
  if (Array.isArray(value) || value instanceof Set) {
    return Array.from(value, (item) => toPlainData(item, depth + 1) ?? null);
  }
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  const plain: [string, unknown][] = [];
  for (const [key, item] of entries) {
    const kept = toPlainData(item, depth + 1);
    if (kept !== undefined) plain.push([String(key), kept]);
  }
  return Object.fromEntries(plain);
}
