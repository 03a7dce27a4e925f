/** Writes what a start form says as the command line that does the same. Pure. */
import { quoteItem } from "../../src/base/text/quote_item.ts";
import { hasOwnEnd, NO_SHAPE, splitSlo, STAGES, type StartFields } from "./start_plan.ts";
import { readDecimal, readWhole } from "./typed_number.ts";

export interface CommandParts {
  /** The words before those of the form. */
  readonly command: readonly string[];
  /** More of them for a search. */
  readonly searchCommand: readonly string[];
  readonly fields: StartFields;
  /** There are load shapes to choose from: without a word the first one would decide the load. */
  readonly hasShapes: boolean;
  /** Of them: those that read users, spawn rate and run time. */
  readonly askingShapes: readonly string[];
  /** Of the command line, for where they decide the load. */
  readonly stages: string | null;
  /** Custom options that differ from their defaults, by their long names; a list has its flag several times. */
  readonly options: readonly (readonly [name: string, value: string | boolean | readonly string[]])[];
  /** Empty: all of them. */
  readonly userClasses: readonly string[];
  /** The same of scenarios. */
  readonly scenarios: readonly string[];
}

/** The same run from a shell. */
export function toCommandLine(
  { command, searchCommand, fields, hasShapes, askingShapes, stages, options, userClasses, scenarios }: CommandParts,
): string {
  const words = [...command];
  const add = (flag: string, value: string) => {
    if (value.trim() !== "") words.push(`--${flag}`, value.trim());
  };
  const addNumber = (flag: string, typed: string, value: number) =>
    add(flag, Number.isFinite(value) ? String(value) : typed);
  words.push(...userClasses);
  add("scenario", scenarios.join(","));
  add("host", fields.host);
  const isSearch = fields.shape === NO_SHAPE && fields.slo !== undefined;
  if (isSearch) {
    words.push("--find-max");
    for (const each of splitSlo(fields.slo)) add("slo", each);
    words.push(...searchCommand);
  }
  if (fields.shape === NO_SHAPE && fields.rate !== undefined) add("rate", fields.rate);
  else if (fields.shape === NO_SHAPE || askingShapes.includes(fields.shape)) {
    addNumber("users", fields.users, readWhole(fields.users));
    if (!isSearch) addNumber("spawn-rate", fields.spawnRate, readDecimal(fields.spawnRate));
  }
  addNumber("max-users", fields.maxUsers, readWhole(fields.maxUsers));
  if (fields.shape === STAGES) add("stages", stages ?? "");
  else if (hasShapes && fields.rate === undefined) add("shape", fields.shape);
  if (!hasOwnEnd(fields, askingShapes)) add("run-time", fields.runTime);
  add("profile", fields.profile);
  for (const [name, value] of options) {
    if (value === true) words.push(`--${name}`);
    else if (typeof value === "string") words.push(`--${name}`, value);
    else if (typeof value === "object") { for (const each of value) words.push(`--${name}`, quoteItem(each)); }
  }
  return words.map(quoteForShell).join(" ");
}

/** As it must be written for a POSIX shell to read it as one word. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
