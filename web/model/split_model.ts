/**
 * The tag by which the live table is split, and the rows of its values: asked for with each tick, and only while a tag
 * is chosen.
 */
import { effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiRow, ApiSplits } from "../../src/server/answers/api_snapshot.ts";
import type { SplitValue } from "../view/split_rows.ts";

export interface SplitModel {
  /** Undefined: the table is not split. */
  readonly tag: Signal<string | undefined>;
  readonly values: ReadonlySignal<readonly SplitValue<ApiRow>[]>;
}

export function createSplitModel(
  ask: (tag: string) => Promise<ApiSplits>,
  /** Changes with each tick. */
  ticks: ReadonlySignal<unknown>,
): SplitModel {
  const tag = signal<string | undefined>(undefined);
  const values = signal<readonly SplitValue<ApiRow>[]>([]);
  let isAsking = false;
  let isStale = false;
  const load = async (wanted: string) => {
    if (isAsking) {
      isStale = true;
      return;
    }
    isAsking = true;
    try {
      const answer = await ask(wanted);
      if (tag.peek() === answer.tag) values.value = answer.values;
    } catch {
      // the connection is watched elsewhere; the next tick asks again
    }
    isAsking = false;
    const next = tag.peek();
    if (!isStale || next === undefined) return;
    isStale = false;
    if (next !== wanted) void load(next);
  };
  let shown: string | undefined;
  effect(() => {
    void ticks.value;
    if (tag.value !== shown) values.value = [];
    shown = tag.value;
    if (tag.value !== undefined) void load(tag.value);
  });
  return { tag, values };
}
