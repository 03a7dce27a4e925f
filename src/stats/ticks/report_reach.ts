/**
 * Up to when the counts of several sources reach that each report in their own time: the threads of a worker, the workers of a run. One may be late, or have
 * nothing to tell for a while. Pure; its owner knows the time.
 *
 * Sources with the rates r and the reaches t have delivered Σ r·t of a load of Σ r, so what has been counted reaches to Σ r·t / Σ r. Between two such
 * times, counts divided by time are the rate, whichever source was late at either of them.
 */

/**
 * A source that has missed three reports hangs or is gone, rather than late: most likely it has made nothing that could still be counted, and is not waited
 * for.
 */
export const SILENT_AFTER_MS = 3000;

/** Of the time between two looks: an owner that was kept from running for longer could hear no one, and finds what was said when it goes on. */
const LONGEST_LOOK_MS = 1000;

/** What a source has counted up to a time of the owner's clock. */
export interface ReachReport {
  readonly reachMs: number;
  readonly requests: number;
}

interface Source {
  reachMs: number;
  perMs: number;
  /** Counted since `reachMs` began: a report may come in parts. */
  requests: number;
  /** When it was heard last, in the time in which the owner could hear. */
  heardMs: number;
}

export class ReportReach<Name> {
  readonly #sources = new Map<Name, Source>();
  #startMs: number;
  #lookedMs: number;
  /** For how long the owner could hear, and how much of it had passed when somebody was heard last. */
  #listenedMs = 0;
  #heardMs = 0;

  constructor(startMs: number) {
    this.#startMs = this.#lookedMs = startMs;
  }

  /** Nothing is known from `nowMs` on; what will be reported was counted since `startMs`. */
  restart(startMs: number, nowMs: number): void {
    this.#sources.clear();
    this.#startMs = startMs;
    this.#lookedMs = nowMs;
    this.#listenedMs = this.#heardMs = 0;
  }

  reported(name: Name, { reachMs, requests }: ReachReport, nowMs: number): void {
    this.#listen(nowMs);
    this.#heardMs = this.#listenedMs;
    let source = this.#sources.get(name);
    if (source === undefined) {
      source = { reachMs: this.#startMs, perMs: 0, requests: 0, heardMs: 0 };
      this.#sources.set(name, source);
    }
    source.heardMs = this.#listenedMs;
    source.requests += requests;
    const spanMs = reachMs - source.reachMs;
    if (spanMs <= 0) return;
    source.perMs = source.requests / spanMs;
    source.reachMs = reachMs;
    source.requests = 0;
  }

  /** It will deliver nothing more. */
  forget(name: Name): void {
    this.#sources.delete(name);
  }

  /** `late`: nobody has told anything yet, but may do so; `silent`: nobody does any more. */
  at(nowMs: number): number | "late" | "silent" {
    let [sources, rates, reaches, reachesOfRates] = [0, 0, 0, 0];
    this.#listen(nowMs);
    for (const { reachMs, perMs, heardMs } of this.#sources.values()) {
      if (this.#listenedMs - heardMs > SILENT_AFTER_MS) continue;
      sources++;
      rates += perMs;
      reaches += reachMs;
      reachesOfRates += perMs * reachMs;
    }
    if (sources === 0) return this.#listenedMs - this.#heardMs > SILENT_AFTER_MS ? "silent" : "late";
    return rates > 0 ? reachesOfRates / rates : reaches / sources;
  }

  #listen(nowMs: number): void {
    this.#listenedMs += Math.min(LONGEST_LOOK_MS, Math.max(0, nowMs - this.#lookedMs));
    this.#lookedMs = Math.max(this.#lookedMs, nowMs);
  }
}
