/** The summary that a page of `--html` carries in itself. */
import { type RunSummary, SUMMARY_SCHEMA } from "../../src/report/summary/summary.ts";

/** Id of the element that holds it. */
const SUMMARY_ELEMENT = "summary";

export function readRecordedSummary(page: Document): RunSummary {
  const text = page.getElementById(SUMMARY_ELEMENT)?.textContent ?? "";
  const summary: unknown = JSON.parse(text);
  if (typeof summary === "object" && summary !== null && "schema" in summary && summary.schema === SUMMARY_SCHEMA) {
    return summary as RunSummary; // written by the program that wrote this page
  }
  throw new Error(`Cannot read the summary in this page: it is not ${SUMMARY_SCHEMA}`);
}
