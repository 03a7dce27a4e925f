/** Doubts about requests that are not where a reader looks for them. No limits: a row that lacks one request is not complete. */
import { formatMany } from "../../../base/text/text.ts";
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

export function namesOverflowed({ counts: { overflowedRequests } }: RunEvidence): readonly Finding[] {
  if (overflowedRequests === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${
      formatMany(overflowedRequests, "request is", "requests are")
    } in the row "(other)", which stands for names beyond the limit of rows`,
    advice: 'give requests whose URL varies one name, { name: "/items/[id]" }, and do not use the name "(other)"',
  }];
}

export function failuresOverflowed({ counts: { overflowedFailures } }: RunEvidence): readonly Finding[] {
  if (overflowedFailures === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${
      formatMany(overflowedFailures, "failure")
    } had a text beyond the limit of different ones, counted in "(other)"`,
    advice: "keep ids and times out of failure texts",
  }];
}

export function measuresOverflowed({ counts: { overflowedMeasures } }: RunEvidence): readonly Finding[] {
  if (overflowedMeasures === 0) return [];
  const what = formatMany(
    overflowedMeasures,
    "check, metric value or transaction is",
    "checks, metric values and transactions are",
  );
  return [{
    severity: "degraded",
    sentence: `${what} in "(other)", which stands for names beyond the limit of different ones`,
    advice: 'keep ids out of the names of checks, metrics and transactions, and do not use the name "(other)"',
  }];
}

export function requestsAbandoned({ counts: { abandoned } }: RunEvidence): readonly Finding[] {
  if (abandoned === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${
      formatMany(abandoned, "request was", "requests were")
    } aborted at the end without an answer: no row counts them`,
    advice: "a longer --stop-timeout lets slow requests finish",
  }];
}
