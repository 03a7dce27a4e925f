/**
 * The part of the feed that a capacity search fills: what it has found so far, and what it does at the moment. Holds
 * the sentence of the last tick.
 */
import type { RunEvent } from "../../master/run_event.ts";
import { describeSearch } from "../../report/tables/capacity_tables.ts";
import { toSummaryCapacity } from "../../report/summary/summary_capacity.ts";
import type { SummaryBuilder } from "../../report/summary/summary_builder.ts";
import type { ApiSnapshot, ApiTick } from "../answers/api_snapshot.ts";
import type { SentLists } from "./sent_lists.ts";

export class FeedCapacity {
  #search: string | undefined;

  take(event: RunEvent): void {
    if (event.kind === "ticked" && event.capacity !== undefined) this.#search = describeSearch(event.capacity);
    else if (event.kind === "runStarted" || event.kind === "runEnded") this.#search = undefined;
  }

  read({ capacity }: SummaryBuilder): Pick<ApiSnapshot, "capacity" | "search"> {
    if (capacity === undefined) return {};
    return {
      capacity: toSummaryCapacity(capacity),
      ...(this.#search === undefined ? {} : { search: this.#search }),
    };
  }

  /** The steps when there is a new one, the sentence with each tick. */
  changed(builder: SummaryBuilder, sent: SentLists): Pick<ApiTick, "capacity" | "search"> {
    const { capacity, ...search } = this.read(builder);
    return capacity === undefined ? search : { ...sent.changed("capacity", capacity), ...search };
  }
}
