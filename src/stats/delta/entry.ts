/**
 * The counters of one row: a method and a name. Interned once, so that a sample needs no look-up (`entry_table.ts`).
 * Its owner reads the counts as a delta and resets them; the row itself stays.
 */
import { wholeAge } from "../../base/whole_age.ts";
import { type EntryDelta, type NameOrigin, type Phase, PHASES } from "../../protocol/delta_message.ts";
import { TimesWithCorrection } from "../histogram/corrected.ts";
import type { DecodedDelta } from "./decoded_delta.ts";
import { Histogram } from "../histogram/histogram.ts";

/** How long each phase of one request took, in ms. A phase that did not occur is absent or undefined. */
export type PhaseTimes = { readonly [P in Phase]?: number | undefined };

export class Entry {
  readonly method: string;
  readonly name: string;
  /** `overflow`: stands for all names beyond the limit. */
  readonly kind: "named" | "overflow";
  /** Where its name is from; undefined: nobody has said. */
  origin: NameOrigin | undefined;
  /** True while it counts something that has not been read. Owned by the table. */
  isDirty = false;
  requests = 0;
  failures = 0;
  untimed = 0;
  bytes = 0;
  /** Ended after the stop; of them started after it, and of those failed. */
  drained = 0;
  startedLate = 0;
  failedLate = 0;
  /** Monotonic time of the last request. */
  lastMs = -Infinity;
  readonly times = new TimesWithCorrection();
  phases: Map<Phase, Histogram> | undefined;

  constructor(method: string, name: string, kind: "named" | "overflow" = "named") {
    this.method = method;
    this.name = name;
    this.kind = kind;
  }

  phase(phase: Phase): Histogram {
    this.phases ??= new Map();
    let histogram = this.phases.get(phase);
    if (histogram === undefined) this.phases.set(phase, histogram = new Histogram());
    return histogram;
  }

  /** Adds a part of a delta that was received at `receivedAtMs`; `decoded` has come to its histograms. */
  addDelta(delta: EntryDelta, receivedAtMs: number, decoded: DecodedDelta): void {
    this.requests += delta.requests;
    this.failures += delta.failures;
    this.untimed += delta.untimed;
    this.bytes += delta.bytes;
    this.lastMs = Math.max(this.lastMs, receivedAtMs - delta.lastAgeMs);
    if (delta.drain !== undefined) this.#addDrain(delta.drain.ended, delta.drain.started, delta.drain.startedFailures);
    this.times.addDecoded(decoded.next(), delta.corrected === undefined ? undefined : decoded.next());
    if (delta.phases === undefined) return;
    for (const phase of PHASES) {
      if (delta.phases[phase] !== undefined) this.phase(phase).addDecoded(decoded.next());
    }
  }

  /** Adds what another row of the same name counted. */
  add(other: Entry): void {
    this.requests += other.requests;
    this.failures += other.failures;
    this.untimed += other.untimed;
    this.bytes += other.bytes;
    this.lastMs = Math.max(this.lastMs, other.lastMs);
    this.#addDrain(other.drained, other.startedLate, other.failedLate);
    this.times.add(other.times);
    for (const [phase, histogram] of other.phases ?? []) {
      if (histogram.count > 0) this.phase(phase).add(histogram);
    }
  }

  toDelta(nowMs: number): EntryDelta {
    const { times, corrected } = this.times;
    const phases = this.#packPhases();
    return {
      method: this.method,
      name: this.name,
      requests: this.requests,
      failures: this.failures,
      untimed: this.untimed,
      bytes: Math.min(Math.round(this.bytes), Number.MAX_SAFE_INTEGER),
      lastAgeMs: this.lastMs === -Infinity ? 0 : wholeAge(nowMs, this.lastMs),
      times: times.pack(),
      ...(corrected === undefined ? {} : { corrected: corrected.pack() }),
      ...(phases === undefined ? {} : { phases }),
      ...(this.drained === 0
        ? {}
        : { drain: { ended: this.drained, started: this.startedLate, startedFailures: this.failedLate } }),
      ...(this.origin === undefined || this.origin === "given" ? {} : { origin: this.origin }),
    };
  }

  reset(): void {
    this.requests =
      this.failures =
      this.untimed =
      this.bytes =
      this.drained =
      this.startedLate =
      this.failedLate =
        0;
    this.lastMs = -Infinity;
    this.times.reset();
    for (const histogram of this.phases?.values() ?? []) histogram.reset();
  }

  #addDrain(ended: number, started: number, startedFailures: number): void {
    this.drained += ended;
    this.startedLate += started;
    this.failedLate += startedFailures;
  }

  #packPhases(): Partial<Record<Phase, Uint8Array>> | undefined {
    let packed: Partial<Record<Phase, Uint8Array>> | undefined;
    for (const [phase, histogram] of this.phases ?? []) {
      if (histogram.count > 0) packed = { ...packed, [phase]: histogram.pack() };
    }
    return packed;
  }
}
