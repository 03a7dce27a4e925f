/** The kinds of failures of a run, each with an example of a response that failed so. Pure. */
import { toDate } from "../../report/summary/summary_lists.ts";
import type { SummaryFailure } from "../../report/summary/summary.ts";
import type { SampledFailure } from "../../stats/ledger/ledger.ts";
import type { ApiFailures, ApiFailureSample } from "./api_types.ts";

/** `entry`: of this row alone, as METHOD NAME. */
export function toApiFailures(
  failures: readonly SummaryFailure[],
  samples: readonly SampledFailure[],
  entry: string | undefined,
): ApiFailures {
  const byKind = new Map(samples.map((each) => [keyOf(each), each.sample]));
  return {
    failures: failures
      .filter(({ method, name }) => entry === undefined || `${method} ${name}` === entry)
      .map((failure) => ({ ...failure, sample: toApiSample(byKind.get(keyOf(failure))) })),
  };
}

function toApiSample(sample: SampledFailure["sample"] | undefined): ApiFailureSample | null {
  if (sample === undefined) return null;
  const { wallMs, ...shown } = sample;
  return { at: toDate(wallMs), ...shown };
}

function keyOf({ method, name, text }: Pick<SummaryFailure, "method" | "name" | "text">): string {
  return `${method}\0${name}\0${text}`;
}
