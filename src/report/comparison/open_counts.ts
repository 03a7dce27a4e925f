/**
 * Holds what the deltas of one span counted beside the rows: requests by tag, checks, metrics and transactions. Taken
 * once a span. Bounds are those of a run: `tag_table.ts`, `measure_book.ts`.
 */
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import { MeasureBook } from "../../stats/measures/measure_book.ts";
import { TagCounts } from "../../stats/recording/tag_counts.ts";
import { readTimes } from "../summary/packed_times.ts";
import { measureKey } from "./row_key.ts";
import type { SpanCounts } from "./span_cells.ts";

/** The requests of one row with one value of a tag. */
export interface TaggedCounts extends SpanCounts {
  readonly tag: string;
  readonly value: string;
  readonly method: string;
  readonly name: string;
}

export class OpenCounts {
  readonly #tagged = new TagCounts((_method, name) => name);
  readonly #measures = new MeasureBook();

  add(delta: DeltaMessage): void {
    this.#tagged.add(delta, 0);
    if (delta.measures !== undefined) this.#measures.add(delta.measures, 0);
  }

  take(): {
    readonly tagged: readonly TaggedCounts[];
    readonly measures: readonly (readonly [key: string, counts: SpanCounts])[];
  } {
    const tagged = (this.#tagged.take(0).tagged ?? []).flatMap(({ tag, value, entries }) =>
      entries.map(({ method, name, requests, failures, times }) => ({
        tag,
        value,
        method,
        name,
        requests,
        failures,
        times,
      }))
    );
    const measures = (this.#measures.toDeltas(0) ?? []).flatMap(seriesOf);
    this.#measures.clear();
    return { tagged, measures };
  }

  clear(): void {
    this.#tagged.clear();
    this.#measures.clear();
  }
}

/** Passes and fails are requests and failures; a gauge has no series. */
function seriesOf(delta: MeasureDelta): readonly (readonly [key: string, counts: SpanCounts])[] {
  const { name } = delta;
  switch (delta.kind) {
    case "check":
      return [
        [measureKey("checks", name), shareOf(delta)],
        ...(delta.tagged ?? []).map((share) => [measureKey("checks", name, share), shareOf(share)] as const),
      ];
    case "rate":
      return [[measureKey("metrics", name), shareOf(delta)]];
    case "counter":
      return [[measureKey("metrics", name), { requests: delta.count, failures: 0, sum: delta.sum }]];
    case "trend":
      return [[measureKey("metrics", name), { requests: 0, failures: 0, times: delta.values }]];
    case "transaction": {
      const { failures, times, busyTimes } = delta;
      return [[measureKey("transactions", name), { requests: readTimes(times).count, failures, times }], [
        measureKey("busy", name),
        { requests: 0, failures: 0, times: busyTimes },
      ]];
    }
    case "gauge":
      return [];
  }
}

function shareOf({ passes, fails }: { readonly passes: number; readonly fails: number }): SpanCounts {
  return { requests: passes + fails, failures: fails };
}
