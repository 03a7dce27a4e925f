/**
 * Metrics as data, before they become a text: families of samples, with labels that are escaped. Pure.
 */

/** One sample of a trace, shown beside the bucket that it was counted in. */
export interface Exemplar {
  readonly traceId: string;
  readonly seconds: number;
  readonly wallMs: number;
}

export interface MetricSample {
  /** What follows the name of the family. */
  readonly suffix: "" | "_total" | "_info" | "_bucket" | "_sum" | "_count";
  /** As `formatLabels` gives them; empty: none. */
  readonly labels: string;
  /** The upper bound of a bucket; Infinity is the last one. */
  readonly bound?: number;
  readonly value: number;
  readonly exemplar?: Exemplar;
}

export interface MetricFamily {
  /** Without `_total` and `_info`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram" | "info";
  readonly help: string;
  /** The last word of the name, where it is a unit. */
  readonly unit?: "seconds" | "bytes" | "ratio";
  readonly samples: readonly MetricSample[];
}

/** `method="GET",name="/items"`. Names come from locustfiles and targets: they may hold anything. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escapeLabelValue(value)}"`).join(",");
}

function escapeLabelValue(value: string): string {
  return value
    .toWellFormed() // half of a surrogate pair is no UTF-8, and one of them would spoil the whole scrape
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\n/g, "\\n");
}

export function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: "gauge", help, samples };
}

/** A sample without a suffix. */
export function sample(value: number, labels: Readonly<Record<string, string>> = {}): MetricSample {
  return { suffix: "", labels: formatLabels(labels), value };
}
