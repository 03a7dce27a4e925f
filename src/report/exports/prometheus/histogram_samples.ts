/** The samples of one histogram: its buckets up to each bound, sum and count. Pure. */
import type { TracedRequest } from "../../../master/run_event.ts";
import type { TracedRow } from "../exported_run.ts";
import { BOUNDS_SECONDS, countTimes } from "../time_buckets.ts";
import type { MetricSample } from "./metric_family.ts";

/** `names`: a histogram for each method and name. `total`: one for all together, which a server can always bear. */
export type Histograms = "names" | "total";

export function histogramSamples(times: Uint8Array, labels: string, traced: TracedRow): readonly MetricSample[] {
  const { counts, count, sumSeconds } = countTimes(times);
  let cumulative = 0;
  return [
    ...counts.map((inBucket, i): MetricSample => ({
      suffix: "_bucket",
      labels,
      bound: BOUNDS_SECONDS[i] ?? Infinity,
      value: cumulative += inBucket,
      ...exemplarOf(traced.get(i)),
    })),
    { suffix: "_sum", labels, value: sumSeconds },
    { suffix: "_count", labels, value: count },
  ];
}

function exemplarOf(request: TracedRequest | undefined): Pick<MetricSample, "exemplar"> {
  if (request === undefined) return {};
  const { traceId, responseTimeUs, wallMs } = request;
  return { exemplar: { traceId, seconds: responseTimeUs / 1e6, wallMs } };
}
