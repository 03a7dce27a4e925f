/** Doubts about requests that are not where a reader looks for them. No limits: a row that lacks one request is not complete. */
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

export function namesOverflowed({ counts: { overflowedRequests } }: RunEvidence): readonly Finding[] {
  if (overflowedRequests === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${overflowedRequests} requests had a name beyond the limit of rows and are counted in "(other)"`,
    advice: 'give requests whose URL varies one name: { name: "/items/[id]" }',
  }];
}

export function failuresOverflowed({ counts: { overflowedFailures } }: RunEvidence): readonly Finding[] {
  if (overflowedFailures === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${overflowedFailures} failures had a text beyond the limit of different ones and are counted together`,
    advice: "keep ids and times out of failure texts",
  }];
}

export function requestsAbandoned({ counts: { abandoned } }: RunEvidence): readonly Finding[] {
  if (abandoned === 0) return [];
  return [{
    severity: "degraded",
    sentence: `${abandoned} requests were still without an answer at the end and were aborted: they are in no row`,
    advice: "a longer --stop-timeout lets slow requests finish",
  }];
}
