/** Command lines as users of wrk, vegeta and hey type them, made ours. Pure. */
import { parseTimeSpan } from "../../base/units.ts";
import type { OptionSpec } from "../options/option_spec.ts";

/**
 * Two habits that a table of options cannot express. Go's tools write long options with one dash: `-duration=10s`. And wrk's `-d 30s` is
 * a duration; in a line that has it, a plain number after -t is a count of threads.
 */
export function translateHabits(argv: readonly string[], table: readonly OptionSpec[]): readonly string[] {
  const long = new Set(table.map((spec) => spec.name));
  const dashed = argv.map((word) => {
    const name = /^-([a-z][\w-]+)(?==|$)/.exec(word)?.[1];
    return name !== undefined && long.has(name) ? `-${word}` : word;
  });
  const split = dashed.flatMap((word) => {
    const glued = /^-([dt])(\d.*)$/.exec(word);
    return glued === null ? [word] : [`-${glued[1]}`, glued[2] ?? ""];
  });
  const isDuration = (text: string | undefined) => text !== undefined && /[smh]$/.test(text) && isTimeSpan(text);
  if (!split.some((word, index) => word === "-d" && isDuration(split[index + 1]))) return dashed;
  return split.map((word, index) => {
    const value = split[index + 1];
    if (word === "-d" && isDuration(value)) return "--run-time";
    return word === "-t" && /^\d+$/.test(value ?? "") ? "--processes" : word;
  });
}

function isTimeSpan(text: string): boolean {
  return parseTimeSpan(text) !== undefined;
}
