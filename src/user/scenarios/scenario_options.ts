/**
 * Checks the `options` of a scenario against the options that the locustfile has added to the command line. A name of the scenario's own
 * is fine, unless it is almost one of those. Pure.
 */
import { describeKind } from "../../base/given_text.ts";
import { nearest } from "../../base/near_miss.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";

/** Clauses that follow the scenario's name. */
export function findWrongOptions(
  options: Readonly<Record<string, unknown>>,
  customArguments: readonly CustomArgument[],
): readonly string[] {
  const known = customArguments.map(({ name }) => name);
  return Object.entries(options).flatMap(([name, value]) => {
    const argument = customArguments.find((each) => each.name === name);
    if (argument !== undefined) {
      const wrong = describeWrongValue(argument, value);
      return wrong === undefined ? [] : [`its option ${name} is ${describeKind(value)}; ${wrong}`];
    }
    const meant = nearest(name, known);
    return meant === undefined ? [] : [`its option "${name}" is not known; did you mean "${meant}"?`];
  });
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
