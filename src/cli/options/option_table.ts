/**
 * The option table of a run: every option of Locust and ours. To add a flag, add a row to one of the lists in `options/`; help,
 * completion, config files, environment and docs/options.md follow from it.
 */
import type { OptionSpec } from "./option_spec.ts";
import { MASTER_OPTIONS, WORKER_OPTIONS } from "./cluster_options.ts";
import { COMMON_OPTIONS, SHAPE_OPTIONS, TAG_OPTIONS } from "./common_options.ts";
import { LOGGING_OPTIONS, OTHER_OPTIONS, STATISTICS_OPTIONS } from "./output_options.ts";
import { REMOVED_OPTIONS, WEB_OPTIONS } from "./web_options.ts";

export const OPTION_TABLE: readonly OptionSpec[] = [
  ...COMMON_OPTIONS,
  ...SHAPE_OPTIONS,
  ...MASTER_OPTIONS,
  ...WORKER_OPTIONS,
  ...TAG_OPTIONS,
  ...STATISTICS_OPTIONS,
  ...WEB_OPTIONS,
  ...LOGGING_OPTIONS,
  ...OTHER_OPTIONS,
  ...REMOVED_OPTIONS,
];

/** The row of a long name. Throws when there is none: names in code are ours. */
export function specNamed(table: readonly OptionSpec[], name: string): OptionSpec {
  const spec = table.find((row) => row.name === name);
  if (spec === undefined) throw new Error(`no option "${name}" in the table`);
  return spec;
}
