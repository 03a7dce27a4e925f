/** The markers of a run for the charts, bounded, and those of them that readers have not got yet. */
import type { ApiMarker } from "./api_snapshot.ts";

/** A run that changes its load each second for a day has no more than this many markers; the oldest go. */
const MAX_MARKERS = 2000;

export class MarkerLog {
  #markers: ApiMarker[] = [];
  #unsent: ApiMarker[] = [];

  get all(): readonly ApiMarker[] {
    return this.#markers;
  }

  add(marker: ApiMarker): void {
    this.#markers.push(marker);
    if (this.#markers.length > MAX_MARKERS) this.#markers.shift();
    this.#unsent.push(marker);
  }

  /** Those that were added since this was last asked. */
  takeUnsent(): readonly ApiMarker[] {
    const unsent = this.#unsent;
    this.#unsent = [];
    return unsent;
  }
}
