/**
 * The option table of a run: every option of Locust and ours. To add a flag, add a row to one of the lists in
 * `options/`; help, completion, config files, environment and docs/options.md follow from it.
 */
import type { OptionSpec } from "./option_spec.ts";
import { MASTER_OPTIONS, WORKER_OPTIONS } from "./cluster_options.ts";
import { CAPACITY_OPTIONS } from "./capacity_options.ts";
import { COMMON_OPTIONS, SHAPE_OPTIONS, TAG_OPTIONS } from "./common_options.ts";
import { EXPORT_OPTIONS } from "./export_options.ts";
import { LOGGING_OPTIONS, OTHER_OPTIONS, OUTPUT_OPTIONS, STATISTICS_OPTIONS } from "./output_options.ts";
import { REMOVED_OPTIONS, WEB_OPTIONS } from "./web_options.ts";

/** The rows with their exact types, from which the types of fields follow. */
export const OPTION_ROWS = [
  ...COMMON_OPTIONS,
  ...SHAPE_OPTIONS,
  ...CAPACITY_OPTIONS,
  ...MASTER_OPTIONS,
  ...WORKER_OPTIONS,
  ...TAG_OPTIONS,
  ...OUTPUT_OPTIONS,
  ...STATISTICS_OPTIONS,
  ...EXPORT_OPTIONS,
  ...WEB_OPTIONS,
  ...LOGGING_OPTIONS,
  ...OTHER_OPTIONS,
  ...REMOVED_OPTIONS,
] as const;

/** The rows as records of one type. */
export const OPTION_TABLE: readonly OptionSpec[] = OPTION_ROWS;

/** A row of the table. */
export type OptionRow = (typeof OPTION_ROWS)[number];

/** The row of a long name. */
export function rowNamed<Name extends OptionRow["name"]>(name: Name): Extract<OptionRow, { readonly name: Name }> {
  const row = OPTION_ROWS.find((candidate) => candidate.name === name);
  return row as Extract<OptionRow, { readonly name: Name }>; // the type of the name says that there is one
}
