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
}

export class ReportReach<Name> {
  readonly #sources = new Map<Name, Source>();
  #startMs: number;
  #heardMs: number;

  constructor(startMs: number) {
    this.#startMs = this.#heardMs = startMs;
  }

  /** Nothing is known from `nowMs` on; what will be reported was counted since `startMs`. */
  restart(startMs: number, nowMs: number): void {
    this.#sources.clear();
    this.#startMs = startMs;
    this.#heardMs = nowMs;
  }

  reported(name: Name, { reachMs, requests }: ReachReport, nowMs: number): void {
    this.#heardMs = nowMs;
    let source = this.#sources.get(name);
    if (source === undefined) this.#sources.set(name, source = { reachMs: this.#startMs, perMs: 0, requests: 0 });
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
    for (const { reachMs, perMs } of this.#sources.values()) {
      if (nowMs - reachMs > SILENT_AFTER_MS) continue;
      sources++;
      rates += perMs;
      reaches += reachMs;
      reachesOfRates += perMs * reachMs;
    }
    if (sources === 0) return nowMs - this.#heardMs > SILENT_AFTER_MS ? "silent" : "late";
    return rates > 0 ? reachesOfRates / rates : reaches / sources;
  }
}
