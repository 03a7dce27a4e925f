/**
 * The doubt about one worker that is unlike the others, in its rate per user or its mean response time. The figures of
 * a run are then a mixture, and their percentiles describe neither part.
 *
 * The test is the modified z-score of B. Iglewicz and D. C. Hoaglin, "How to Detect and Handle Outliers", ASQC Quality
 * Press, 1993: 0.6745 times the distance from the median, over the median of all distances (MAD). One outlier moves
 * neither median. Both medians are weighted by the threads of the workers.
 */
import type { RunEvidence } from "../evidence.ts";
import type { Finding } from "../rule.ts";

/** Iglewicz and Hoaglin's own. */
const OUTLIER_SCORE = 3.5;
/** Makes the score comparable with a standard deviation: the 0.75 quantile of the normal distribution. */
const NORMAL_QUANTILE = 0.6745;

/** Of two, none is the odd one. */
const MIN_WORKERS = 3;
/** Means of fewer requests vary by themselves. */
const MIN_REQUESTS = 100;
/** Like workers are within a few percent of each other, so that the score alone would find an outlier among equals. */
const MIN_DIFFERENCE = 0.25;
/** Latencies this near to each other are the spread of a network. */
const MIN_LATENCY_DIFFERENCE_MS = 2;
/** Workers are compared only if their user classes stand in the same proportions, as far as whole users allow. */
const MAX_MIX_DIFFERENCE = 0.05;

interface Peer {
  readonly id: string;
  readonly threads: number;
  readonly perUserSecond: number;
  readonly meanMs: number | null;
}

export function workerUnlike({ workers, plannedArrivals }: RunEvidence): readonly Finding[] {
  const peers = listPeers(workers);
  if (peers.length < MIN_WORKERS) return [];
  // Of arrivals the schedule decides who makes how many, on as many users as are in use at the moment.
  const rates = plannedArrivals !== undefined
    ? []
    : peers.map(({ id, threads, perUserSecond }) => ({ id, weight: threads, value: perUserSecond }));
  const latencies = peers.flatMap(({ id, threads, meanMs }) =>
    meanMs === null ? [] : [{ id, weight: threads, value: meanMs }]
  );
  return [
    ...findOutliers(rates, 0).map(({ id, value, median }) =>
      describe(
        id,
        `${value.toPrecision(3)} requests per second and user where the others made ${median.toPrecision(3)}`,
      )
    ),
    ...findOutliers(latencies, MIN_LATENCY_DIFFERENCE_MS).map(({ id, value, median }) =>
      describe(
        id,
        `requests with a mean of ${value.toPrecision(3)} ms where the others had ${median.toPrecision(3)} ms`,
      )
    ),
  ];
}

function describe(id: string, figures: string): Finding {
  return {
    severity: "degraded",
    sentence: `Worker ${id} was unlike the others: it made ${figures}`,
    advice:
      "check its machine and its network path to the system; percentiles over unlike workers describe none of them",
  };
}

interface WeightedValue {
  readonly id: string;
  readonly weight: number;
  readonly value: number;
}

/** Values that are far from the median of all, by the score and by the least differences. */
function findOutliers(
  values: readonly WeightedValue[],
  minDifference: number,
): readonly (WeightedValue & { readonly median: number })[] {
  if (values.length < MIN_WORKERS) return [];
  const median = weightedMedian(values);
  const distances = values.map((each) => ({ ...each, value: Math.abs(each.value - median) }));
  const mad = weightedMedian(distances);
  return values.filter((_, i) => {
    const distance = (distances[i] as WeightedValue).value;
    if (distance < minDifference || distance < median * MIN_DIFFERENCE) return false;
    return NORMAL_QUANTILE * distance > OUTLIER_SCORE * mad;
  }).map((each) => ({ ...each, median }));
}

/** The value at which half of the weight is reached. */
function weightedMedian(values: readonly { readonly weight: number; readonly value: number }[]): number {
  const sorted = values.toSorted((a, b) => a.value - b.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let reached = 0;
  for (const [i, { weight, value }] of sorted.entries()) {
    reached += weight;
    if (reached === half) return (value + (sorted[i + 1]?.value ?? value)) / 2;
    if (reached > half) return value;
  }
  return 0;
}

function listPeers(workers: RunEvidence["workers"]): Peer[] {
  const working = workers.flatMap(({ id, work }) => {
    if (work === undefined) return [];
    const seconds = Object.values(work.userSeconds).reduce((sum, each) => sum + each, 0);
    return work.requests < MIN_REQUESTS || seconds === 0 ? [] : [{ id, ...work, seconds }];
  });
  const all: Record<string, number> = {};
  for (const { userSeconds } of working) {
    for (const [name, seconds] of Object.entries(userSeconds)) all[name] = (all[name] ?? 0) + seconds;
  }
  if (!working.every(({ userSeconds }) => mixDifference(userSeconds, all) <= MAX_MIX_DIFFERENCE)) return [];
  return working.map(({ id, threads, requests, meanMs, seconds }) => ({
    id,
    threads,
    perUserSecond: requests / seconds,
    meanMs,
  }));
}

/** How much of one mix would have to change to become the other: 0 for the same proportions, 1 for nothing in common. */
function mixDifference(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): number {
  const sum = (mix: Readonly<Record<string, number>>) => Object.values(mix).reduce((total, each) => total + each, 0);
  const [totalA, totalB] = [sum(a), sum(b)];
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].reduce((total, name) => total + Math.abs((a[name] ?? 0) / totalA - (b[name] ?? 0) / totalB), 0) / 2;
}
