/**
 * Checks the `options` of a scenario against the options that the locustfile has added to the command line. A name of
 * the scenario's own is fine, unless it is almost one of those. Pure.
 */
import { describeKind } from "../../base/given_text.ts";
import { nearest } from "../../base/hints/near_miss.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";

/** Clauses that follow the scenario's name. */
export function findWrongOptions(
  options: Readonly<Record<string, unknown>>,
  customArguments: readonly CustomArgument[],
): readonly string[] {
  const known = customArguments.map(({ name }) => name);
  return Object.entries(options).flatMap(([name, value]) => {
    const odd = findOdd(value);
    if (odd !== undefined) return [`its option ${name} ${odd}; give texts, numbers, true or false, lists and objects`];
    const argument = customArguments.find((each) => each.name === name);
    if (argument !== undefined) {
      const wrong = describeWrongValue(argument, value);
      return wrong === undefined ? [] : [`its option ${name} is ${describeKind(value)}; ${wrong}`];
    }
    const meant = nearest(name, known);
    return meant === undefined ? [] : [`its option "${name}" is not known; did you mean "${meant}"?`];
  });
}

/** Deeper than this the plan refuses it. */
const DEEPEST = 50;

/** What would arrive as something else, or not at all: a function, a date, a map, an instance of a class. */
function findOdd(value: unknown, within = "is", depth = 0): string | undefined {
  if (typeof value === "function" || typeof value === "symbol" || typeof value === "bigint") {
    return `${within} ${describeKind(value)}`;
  }
  if (typeof value !== "object" || value === null || depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((item) => findOdd(item, "holds", depth + 1)).find((odd) => odd);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) return `${within} ${describeKind(value)}`;
  return Object.values(value).map((item) => findOdd(item, "holds", depth + 1)).find((odd) => odd);
}

function describeWrongValue({ type, choices }: CustomArgument, value: unknown): string | undefined {
  const isList = Array.isArray(value);
  const items: readonly unknown[] = isList ? value : [value];
  const fits = {
    string: typeof value === "string",
    integer: typeof value === "number" && Number.isSafeInteger(value),
    number: typeof value === "number" && Number.isFinite(value),
    boolean: typeof value === "boolean",
    list: isList && value.every((each) => typeof each === "string"),
  }[type];
  const words = {
    string: "give a text",
    integer: "give a whole number",
    number: "give a number",
    boolean: "give true or false",
    list: "give a list of texts",
  };
  if (!fits) return words[type];
  if (choices === undefined || items.every((each) => choices.includes(String(each)))) return undefined;
  return `choose from ${choices.join(", ")}`;
}
