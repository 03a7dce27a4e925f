/** @jsxImportSource preact */
/** The same page as text, for the program that writes the file. Everything from a target is escaped on its way. */
import { renderToString } from "preact-render-to-string";
import type { RunSummary } from "../src/report/summary/summary.ts";
import { ReportPage } from "./component/report_page.tsx";
import { titleOf } from "./view/headline.ts";

export interface StaticReport {
  readonly title: string;
  readonly html: string;
}

export function renderStaticReport(summary: RunSummary): StaticReport {
  return { title: titleOf(summary), html: renderToString(<ReportPage summary={summary} />) };
}
