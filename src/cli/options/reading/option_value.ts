/**
 * Parses the text of an option into its value, or into one sentence that says what is wrong with it. Pure.
 */
import { parseTimeSpan, TIME_SPAN_EXAMPLES } from "../../../base/units.ts";
import type { RawValue } from "./argv_reader.ts";
import { MASK, maskUrlSecrets } from "../../../base/secrets.ts";
import { nearest } from "../../../base/hints/near_miss.ts";
import { flagOf, type OptionSpec, type OptionValue } from "../table/option_spec.ts";
import { splitWords } from "../table/split_list.ts";

/** Where a value comes from: what an error about it names. */
export type Origin =
  | { readonly kind: "typed" }
  | { readonly kind: "environment"; readonly variable: string }
  | { readonly kind: "file"; readonly path: string; readonly line: number }
  | { readonly kind: "default" };

export type ParsedValue =
  | { readonly kind: "value"; readonly value: OptionValue }
  | { readonly kind: "problem"; readonly problem: string };

/** Parses and checks. A bare option means `true` for a flag and is a problem for the others. */
export function parseOptionValue(spec: OptionSpec, raw: RawValue, origin: Origin): ParsedValue {
  const reason = (text: string): ParsedValue => ({
    kind: "problem",
    problem: `Cannot use ${describeSetting(spec, raw, origin)}: ${text}`,
  });
  if (raw.kind === "bare" && spec.type !== "flag") {
    if (spec.type === "list") return { kind: "value", value: [] };
    return reason(`it needs a value; write ${formOf(spec, raw, origin)}`);
  }
  const converted = convert(spec, raw, origin);
  if (converted.kind === "wrong") return reason(converted.reason);
  const unfit = checkBounds(spec, converted.value) ?? spec.validate?.(converted.value);
  if (unfit === undefined) return { kind: "value", value: converted.value };
  // Of several the one that is wrong: a reason may point at a column of it.
  const items = Array.isArray(converted.value) ? converted.value as readonly string[] : [];
  const item = items.length < 2 ? undefined : items.find((each) => spec.validate?.([each]) !== undefined);
  return item === undefined ? reason(unfit) : parseOptionValue(spec, { ...raw, kind: "list", items: [item] }, origin);
}

/** `--users "abc"`, `LOCUST_USERS="abc"`, `users = "abc" in locust.conf:3`; a secret's text is not shown. */
export function describeSetting(spec: OptionSpec, raw: RawValue, origin: Origin): string {
  const text = raw.kind === "text" ? raw.text : raw.kind === "list" ? raw.items.join(" ") : undefined;
  const shown = text === undefined ? undefined : spec.secret ? `"${MASK}"` : JSON.stringify(maskUrlSecrets(text));
  switch (origin.kind) {
    case "environment":
      return shown === undefined ? origin.variable : `${origin.variable}=${shown}`;
    case "file":
      return `${spec.name}${shown === undefined ? "" : ` = ${shown}`} in ${origin.path}:${origin.line}`;
    default:
      return shown === undefined ? flagTyped(spec, raw) : `${flagTyped(spec, raw)} ${shown}`;
  }
}

/** How the setting is written where it was written: `--users N`, `LOCUST_USERS=N`, `users = N`. */
function formOf(spec: OptionSpec, raw: RawValue, origin: Origin): string {
  const value = spec.placeholder ?? "VALUE";
  if (origin.kind === "file") return `${spec.name} = ${value}`;
  return origin.kind === "environment" ? `${origin.variable}=${value}` : `${flagTyped(spec, raw)} ${value}`;
}

/** The flag as its user knows it. */
function flagTyped(spec: OptionSpec, { typedAs }: RawValue): string {
  return typedAs ?? flagOf(spec);
}

type Converted =
  | { readonly kind: "right"; readonly value: OptionValue }
  | { readonly kind: "wrong"; readonly reason: string };

const right = (value: OptionValue): Converted => ({ kind: "right", value });
const wrong = (reason: string): Converted => ({ kind: "wrong", reason });

function convert(spec: OptionSpec, raw: RawValue, origin: Origin): Converted {
  if (spec.type === "list" || spec.type === "repeated") return convertList(spec, raw);
  if (raw.kind === "list") return wrong("it takes one value, not a list; write only one");
  if (spec.type === "flag") return raw.kind === "bare" ? right(true) : convertFlag(raw.text);
  const text = raw.kind === "text" ? raw.text.trim() : "";
  if (text === "" && spec.mayBeEmpty === true) return right("");
  if (text === "") {
    return wrong(`it is empty; write ${formOf(spec, raw, origin)} or leave it out`);
  }
  switch (spec.type) {
    case "integer":
      return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text))
        ? right(Number(text))
        : wrong("it is not a whole number; write digits only, as in 100");
    case "number":
      return Number.isFinite(Number(text))
        ? right(Number(text))
        : wrong("it is not a number; write one as in 10 or 0.5");
    case "timeSpan": {
      const seconds = parseTimeSpan(text);
      return seconds === undefined
        ? wrong(`it is not a time span; write one as in ${TIME_SPAN_EXAMPLES}`)
        : right(seconds);
    }
    default:
      return convertText(spec, text);
  }
}

function convertText(spec: OptionSpec, text: string): Converted {
  if (spec.choices === undefined) return right(text);
  const anyCase = spec.choices.every((choice) => choice === choice.toUpperCase());
  const value = anyCase ? text.toUpperCase() : text;
  if (spec.choices.includes(value)) return right(value);
  const meant = nearest(text, spec.choices);
  const did = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  return wrong(`it is not one of the choices; write ${spec.choices.join(", ")}${did}`);
}

function convertFlag(text: string): Converted {
  const word = text.trim().toLowerCase();
  if (["true", "yes", "on", "1"].includes(word)) return right(true);
  if (["false", "no", "off", "0"].includes(word)) return right(false);
  return wrong("it is neither true nor false; write true, yes, on, 1 or false, no, off, 0");
}

function convertList(spec: OptionSpec, raw: RawValue): Converted {
  const written = raw.kind === "list" ? raw.items : raw.kind === "text" ? parseListText(raw.text) : [];
  const items = spec.type === "repeated" ? written : written.flatMap(spec.split ?? splitWords);
  for (const item of items) {
    if (spec.choices !== undefined && !spec.choices.includes(item)) {
      return wrong(`"${item}" is not one of the choices; write ${spec.choices.join(", ")}`);
    }
  }
  return right(items);
}

/** `[a, b]` (JSON or bare words) is a list, any other text one item, nothing is none. */
export function parseListText(text: string): readonly string[] {
  const trimmed = text.trim();
  if (trimmed === "") return [];
  if (!trimmed.startsWith("[") || !trimmed.endsWith("]")) return [trimmed];
  try {
    const parsed: unknown = JSON.parse(trimmed);
    if (Array.isArray(parsed)) return parsed.map((item) => typeof item === "string" ? item : JSON.stringify(item));
  } catch {
    // not JSON: bare words, which is the other legal form
  }
  return trimmed.slice(1, -1).split(",").map((item) => item.trim().replace(/^(["'])(.*)\1$/, "$2")).filter((item) =>
    item !== ""
  );
}

function checkBounds(spec: OptionSpec, value: OptionValue): string | undefined {
  if (typeof value !== "number") return undefined;
  const { min, max } = spec;
  if (min !== undefined && spec.aboveMin && value <= min) return `it is not above ${min}; write a number above ${min}`;
  if (min !== undefined && max !== undefined && (value < min || value > max)) {
    return `it is out of range; write a number from ${min} to ${max}`;
  }
  if (min !== undefined && value < min) return `it is below ${min}; write ${min} or more`;
  if (max !== undefined && value > max) return `it is above ${max}; write ${max} or less`;
  return undefined;
}
