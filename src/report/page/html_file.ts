/** The file of `--html`: the report of the run as one page, written when it has ended. */
import { UsageError } from "../../base/errors.ts";
import type { Output, OutputContext } from "../files/output.ts";
import type { RunSummary } from "../summary/summary.ts";
import { openSummaryOutput } from "../summary/summary_output.ts";
import { type PageAssets, type PageTheme, renderHtmlPage } from "./html_page.ts";

/** @throws {UsageError} when the file cannot be written, or the page has not been built */
export async function openHtmlFile(path: string, context: OutputContext): Promise<Output> {
  const assets = await loadPageAssets();
  return openSummaryOutput(
    { path, option: "--html", context },
    (summary) => renderHtmlPage(summary, assets),
    { measureHistory: "kept" },
  );
}

/** The report of a run as a page. @throws {UsageError} when the page has not been built */
export async function renderReport(summary: RunSummary, theme?: PageTheme): Promise<string> {
  return renderHtmlPage(summary, await loadPageAssets(), theme);
}

/** The executable holds them; beside the sources they are there once something has been built. */
async function loadPageAssets(): Promise<PageAssets> {
  try {
    return (await import("./page_assets.ts")).PAGE_ASSETS;
  } catch (cause) {
    throw new UsageError(
      "Cannot write a page with --html: this program runs from its sources, and the page has not been built; run npm run build once",
      { code: "page_not_built", cause },
    );
  }
}
