/** Random deltas for property tests, made by real recorders. */
import fc from "fast-check";
import type { SampleTags } from "../../src/base/sample_tags.ts";
import type { DeltaMessage } from "../../src/protocol/delta_message.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { FakeClock } from "./fake_clock.ts";

export interface Sample {
  readonly method: string;
  readonly name: string;
  readonly ms: number | null;
  readonly bytes: number;
  readonly failure: string | undefined;
  readonly intervalMs: number;
  readonly tags?: SampleTags | undefined;
}

export const sample: fc.Arbitrary<Sample> = fc.record({
  method: fc.constantFrom("GET", "POST"),
  name: fc.constantFrom("/", "/cart", "/items", "/ä"),
  ms: fc.oneof(fc.double({ min: 0, max: 5000, noNaN: true }), fc.constant(null)),
  bytes: fc.nat(10_000),
  failure: fc.constantFrom(undefined, undefined, "HttpError 500", "Timeout (total)"),
  intervalMs: fc.constantFrom(0, 0, 100),
  tags: fc.constantFrom(undefined, undefined, { region: "eu" }, { region: "us", plan: "free" }, {
    plan: "free",
    vip: true,
  }),
});

export const samples = fc.array(sample, { minLength: 1, maxLength: 40 });

export function recordAll(recorder: Recorder, list: readonly Sample[]): void {
  for (const { method, name, ms, bytes, failure, intervalMs, tags } of list) {
    const entry = recorder.entry(method, name);
    recorder.record(entry, ms, bytes, failure, intervalMs, undefined, undefined, undefined, 0, tags);
  }
}

/** The delta of one thread that made these samples. */
export function deltaOf(list: readonly Sample[]): DeltaMessage {
  const recorder = new Recorder({ clock: new FakeClock() });
  recordAll(recorder, list);
  const delta = recorder.drain();
  if (delta === undefined) throw new Error("samples are never nothing");
  return delta;
}

/** A delta in an order that does not depend on how it came about. */
export function sorted(delta: DeltaMessage | undefined): unknown {
  if (delta === undefined) return undefined;
  const byText = (a: unknown, b: unknown) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  const sortRows = (entries: DeltaMessage["entries"]) =>
    [...entries].sort((a, b) => byText([a.name, a.method], [b.name, b.method]));
  const tagged = delta.tagged?.map((group) => ({ ...group, entries: sortRows(group.entries) }));
  return {
    ...delta,
    entries: sortRows(delta.entries),
    ...(tagged === undefined ? {} : { tagged: tagged.sort((a, b) => byText([a.tag, a.value], [b.tag, b.value])) }),
    failures: [...delta.failures].sort((a, b) => byText([a.name, a.method, a.text], [b.name, b.method, b.text])),
    exceptions: [...delta.exceptions].sort(byText),
  };
}
