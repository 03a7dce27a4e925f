/**
 * Every output that an option asks for, one entry each. A run and `locust-ts report` read the same list, so that any file of a run
 * can be made again from its journal.
 */
import { openCsvFiles } from "../../report/csv_files.ts";
import { openJsonFile, openJsonPrint } from "../../report/json_report.ts";
import { openJunitFile } from "../../report/junit/junit_file.ts";
import { openMarkdownFile } from "../../report/markdown/markdown_file.ts";
import { openHtmlFile } from "../../report/page/html_file.ts";
import { openSummaryFile } from "../../report/summary/summary_file.ts";
import type { Output, OutputContext } from "../../report/output.ts";
import type { FieldsOf } from "../options/option_fields.ts";
import type { OUTPUT_OPTIONS } from "../options/output_options.ts";

/** The options that outputs read. */
export type OutputOptions = FieldsOf<typeof OUTPUT_OPTIONS>;

export interface OutputEntry<Options = OutputOptions> {
  /** Long name of the option that asks for it. */
  readonly option: string;
  /**
   * Undefined when the options do not ask for it.
   * @throws {UsageError} when it cannot be written
   */
  readonly open: (options: Options, context: OutputContext) => Output | undefined | Promise<Output | undefined>;
  /** `now`: gets each event as it comes. `last`: shown after everything that user code prints at the end. */
  readonly shown: "now" | "last";
}

export const OUTPUTS: readonly OutputEntry[] = [
  {
    option: "csv",
    open: ({ csvPrefix, csvFullHistory }, context) =>
      csvPrefix === undefined
        ? undefined
        : openCsvFiles(csvPrefix, { ...context, history: csvFullHistory ? "full" : "aggregated" }),
    shown: "now",
  },
  {
    option: "json-file",
    open: ({ jsonFile }, context) => jsonFile === undefined ? undefined : openJsonFile(`${jsonFile}.json`, context),
    shown: "now",
  },
  {
    option: "summary-file",
    open: ({ summaryFile }, context) => summaryFile === undefined ? undefined : openSummaryFile(summaryFile, context),
    shown: "now",
  },
  {
    option: "html",
    open: ({ htmlFile }, context) => htmlFile === undefined ? undefined : openHtmlFile(htmlFile, context),
    shown: "now",
  },
  {
    option: "markdown",
    open: ({ markdownFile }, context) =>
      markdownFile === undefined ? undefined : openMarkdownFile(markdownFile, context),
    shown: "now",
  },
  {
    option: "junit",
    open: ({ junitFile }, context) => junitFile === undefined ? undefined : openJunitFile(junitFile, context),
    shown: "now",
  },
  { option: "json", open: ({ json }, context) => json ? openJsonPrint(context) : undefined, shown: "last" },
];
