/**
 * The words of a command line that a start form does not ask for, and that decide the load or what counts of it: with the form's own they are
 * the same run from a shell. Files that a run writes and where its page is served are no part of it. Pure.
 */
import { formatTimeSpan } from "../../../base/units.ts";
import type { OptionSpec, OptionValue } from "../../options/table/option_spec.ts";
import { OPTION_TABLE } from "../../options/table/option_table.ts";
import type { RunOptions } from "../../options/reading/options.ts";

/** In the order in which they are written. */
const OF_ANY_RUN = [
  "threshold",
  "iterations",
  "iterations-per-user",
  "warm-up",
  "stop-timeout",
  "tags",
  "exclude-tags",
  "config-users",
  "equal-weights",
  "seed",
  "reset-stats",
  "url-grouping",
  "phases",
  "latencies",
];

const OF_A_SEARCH = ["at-least", "step-time"];

type Shown = Pick<RunOptions, "shownOptions">;

export function wordsOfRun(options: Shown): readonly string[] {
  return OF_ANY_RUN.flatMap((name) => wordsOf(name, options));
}

/** What only a search has. */
export function wordsOfSearch(options: Shown): readonly string[] {
  return OF_A_SEARCH.flatMap((name) => wordsOf(name, options));
}

function wordsOf(name: string, { shownOptions }: Shown): readonly string[] {
  const spec = OPTION_TABLE.find((each) => each.name === name);
  const value = shownOptions[name];
  return spec === undefined || value === undefined ? [] : typed(spec, value);
}

function typed({ name, type }: OptionSpec, value: OptionValue): readonly string[] {
  const flag = `--${name}`;
  if (typeof value === "boolean") return value ? [flag] : [];
  if (typeof value === "object") {
    // A list takes every word behind it up to the next option: glued to its flag it does not.
    return value.flatMap((each) => type === "list" ? [`${flag}=${each}`] : [flag, each]);
  }
  return [flag, type === "timeSpan" ? formatTimeSpan(Number(value)) : String(value)];
}
