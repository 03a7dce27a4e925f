/**
 * Every output that an option asks for, one entry each. A run and `locust-ts report` read the same list, so that any
 * file of a run can be made again from its journal. The code of an output is loaded when it is asked for.
 */
import type { Output, OutputContext } from "../../report/files/output.ts";
import type { OutputOptions } from "../options/reading/options.ts";

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
    async open({ csvPrefix, csvFullHistory }, context) {
      if (csvPrefix === undefined) return undefined;
      const { openCsvFiles } = await import("../../report/csv/csv_files.ts");
      return openCsvFiles(csvPrefix, { ...context, history: csvFullHistory ? "full" : "aggregated" });
    },
    shown: "now",
  },
  {
    option: "json-file",
    async open({ jsonFile }, context) {
      if (jsonFile === undefined) return undefined;
      const { jsonPathOf, openJsonFile } = await import("../../report/json_report.ts");
      return openJsonFile(jsonPathOf(jsonFile), context);
    },
    shown: "now",
  },
  {
    option: "summary-file",
    async open({ summaryFile }, context) {
      if (summaryFile === undefined) return undefined;
      const { openSummaryFile } = await import("../../report/summary/summary_file.ts");
      return openSummaryFile(summaryFile, context);
    },
    shown: "now",
  },
  {
    option: "html",
    async open({ htmlFile }, context) {
      if (htmlFile === undefined) return undefined;
      const { openHtmlFile } = await import("../../report/page/html_file.ts");
      return openHtmlFile(htmlFile, context);
    },
    shown: "now",
  },
  {
    option: "markdown",
    async open({ markdownFile }, context) {
      if (markdownFile === undefined) return undefined;
      const { openMarkdownFile } = await import("../../report/markdown/markdown_file.ts");
      return openMarkdownFile(markdownFile, context);
    },
    shown: "now",
  },
  {
    option: "junit",
    async open({ junitFile }, context) {
      if (junitFile === undefined) return undefined;
      const { openJunitFile } = await import("../../report/junit/junit_file.ts");
      return openJunitFile(junitFile, context);
    },
    shown: "now",
  },
  {
    option: "json",
    async open({ json }, context) {
      if (!json) return undefined;
      const { openJsonPrint } = await import("../../report/json_report.ts");
      return openJsonPrint(context);
    },
    shown: "last",
  },
];
