/**
 * Derives typed fields from the rows of an option table: `--run-time` of type `timeSpan` becomes
 * `runTimeSeconds?: number`. The types follow from the rows, so that an option is declared once.
 *
 * Invariant: a field is optional exactly when its row has no default and is neither a flag nor a list, or its `read`
 * may give undefined.
 */
import { toCamelCase } from "../../../base/hints/spelling_hint.ts";
import { fillInPath, type RunFacts } from "../../../report/files/output_path.ts";
import type { OptionSpec, OptionValue } from "../table/option_spec.ts";
import type { ResolvedOption } from "./resolve_options.ts";

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** Rows that no code reads: they end the program, do nothing, or are handled while parsing. */
type WithoutField = { readonly removed: string } | { readonly withoutEffect: string } | { readonly typedOnly: true };

type FieldOf<Row extends OptionSpec> = Row extends WithoutField ? never
  : Row extends { readonly field: infer Field } ? Extract<Field, string>
  : CamelCase<Row["name"]>;

type ParsedOf<Row extends OptionSpec> = Row["type"] extends "flag" ? boolean
  : Row["type"] extends "list" | "repeated" ? readonly string[]
  : Row["type"] extends "integer" | "number" | "timeSpan" ? number
  : Row extends { readonly choices: readonly (infer Choice)[] } ? Choice
  : string;

type ReadOf<Row extends OptionSpec> = Row extends { readonly read: (value: never) => infer Value } ? Value
  : ParsedOf<Row>;

type IsOptional<Row extends OptionSpec> = undefined extends ReadOf<Row> ? true
  : Row extends { readonly default: OptionValue } ? false
  : Row["type"] extends "flag" | "list" | "repeated" ? false
  : true;

type Required<Row extends OptionSpec> = Row extends OptionSpec ? (IsOptional<Row> extends true ? never : Row) : never;
type Optional<Row extends OptionSpec> = Row extends OptionSpec ? (IsOptional<Row> extends true ? Row : never) : never;

/** The fields of the options of a table. */
export type FieldsOf<Table extends readonly OptionSpec[]> =
  & { readonly [Row in Required<Table[number]> as FieldOf<Row>]: ReadOf<Row> }
  & { readonly [Row in Optional<Table[number]> as FieldOf<Row>]?: Exclude<ReadOf<Row>, undefined> };

/** Reads the fields of a table from its resolved values. */
export function readFields<const Table extends readonly OptionSpec[]>(
  table: Table,
  values: ReadonlyMap<string, ResolvedOption>,
): FieldsOf<Table> {
  const fields: Record<string, unknown> = {};
  for (const spec of table) {
    const field = fieldOf(spec);
    if (field === undefined) continue;
    const parsed = values.get(spec.name)?.value ?? valueWithoutDefault(spec);
    const read = spec.read as ((value: unknown) => unknown) | undefined; // what it takes is the row's own type
    const value = parsed === undefined || read === undefined ? parsed : read(parsed);
    if (value !== undefined) fields[field] = value;
  }
  return fields as FieldsOf<Table>; // the loop does to values what the type does to rows
}

/** The options with the placeholders in the paths of outputs filled in. */
export function fillInPaths<Options extends object>(
  table: readonly OptionSpec[],
  options: Options,
  facts: RunFacts,
): Options {
  const fields = new Set(table.filter((spec) => spec.placeholders).map(fieldOf));
  const filled = Object.entries(options).map(([field, value]: [string, unknown]) =>
    [field, fields.has(field) && typeof value === "string" ? fillInPath(value, facts) : value] as const
  );
  return Object.fromEntries(filled) as Options; // the same fields, texts for texts
}

function fieldOf(spec: OptionSpec): string | undefined {
  const isRead = spec.removed === undefined && spec.withoutEffect === undefined && spec.typedOnly === undefined;
  return isRead && spec.field !== null ? spec.field ?? toCamelCase(spec.name) : undefined;
}

function valueWithoutDefault(spec: OptionSpec): OptionValue | undefined {
  if (spec.default !== undefined) return spec.default;
  if (spec.type === "flag") return false;
  return spec.type === "list" || spec.type === "repeated" ? [] : undefined;
}
