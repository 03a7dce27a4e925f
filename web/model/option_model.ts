/** The values of a locustfile's own options in a form: as their controls have them, and as the API takes them. Pure, but for the model's signals. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiFormOption, ApiOptionValue } from "../../src/server/answers/api_types.ts";
import { joinList, splitList } from "../view/list_text.ts";
import { readDecimal, typedDecimal } from "../view/typed_number.ts";

/** A value of a custom option as its control has it; a list is one text. */
export type OptionField = string | boolean | readonly string[];

type OptionValues = Readonly<Record<string, OptionField>>;

/** What the controls need of a form. */
export interface OptionModel {
  readonly options: Signal<OptionValues>;
  /** By the name of an option, among others. */
  readonly problems: ReadonlySignal<Readonly<Record<string, string>>>;
  changeOption(name: string, value: OptionField): void;
}

export function optionFields(options: readonly ApiFormOption[]): Signal<OptionValues> {
  return signal(Object.fromEntries(options.map((option) => [option.name, toField(option)])));
}

export function toField({ kind, value }: ApiFormOption): OptionField {
  if (kind === "boolean") return value === true;
  if (kind === "choices") return Array.isArray(value) ? value.map(String) : [];
  if (Array.isArray(value)) return joinList(value.map(String));
  return value === null ? "" : typeof value === "number" ? typedDecimal(value) : String(value);
}

/** A value that a form asks for and has not, or that is none of its kind. */
export function checkOptions(options: readonly ApiFormOption[], fields: OptionValues): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { name, isRequired, kind } of options) {
    const value = fields[name];
    if (isRequired && (value === "" || value === undefined)) problems[name] = "Give a value.";
    if (kind === "number" && typeof value === "string" && value !== "" && !Number.isFinite(readDecimal(value))) {
      problems[name] = "Give a number.";
    }
  }
  return problems;
}

/** A secret that was left empty keeps the value that the server has. */
export function readOptions(options: readonly ApiFormOption[], fields: OptionValues): Record<string, ApiOptionValue> {
  const values: Record<string, ApiOptionValue> = {};
  for (const { name, kind, isSecret } of options) {
    const field = fields[name] ?? "";
    if (isSecret && field === "") continue;
    if (kind === "list" && typeof field === "string") {
      values[name] = splitList(field);
    } else if (kind === "number" && typeof field === "string") values[name] = field === "" ? null : readDecimal(field);
    else values[name] = field;
  }
  return values;
}

/** Those whose control has a place for what is wrong with what was typed. */
const TYPED: readonly ApiFormOption["kind"][] = ["text", "number", "list"];

/** The option to type into that a refusal of the server names, as `--max-page`; undefined: none of these. */
export function findOptionIn(
  problem: string,
  options: readonly Pick<ApiFormOption, "name" | "kind">[],
): string | undefined {
  const flags = new Set([...problem.matchAll(/(?<![\w-])--([\w-]+)/g)].map(([, flag]) => flag));
  return options.find(({ name, kind }) => TYPED.includes(kind) && flags.has(name))?.name;
}

/** Those whose controls were changed; undefined: none. */
export function readChangedOptions(
  options: readonly ApiFormOption[],
  fields: OptionValues,
): Record<string, ApiOptionValue> | undefined {
  const changed = options.filter((option) => JSON.stringify(fields[option.name]) !== JSON.stringify(toField(option)));
  return changed.length === 0 ? undefined : readOptions(changed, fields);
}
