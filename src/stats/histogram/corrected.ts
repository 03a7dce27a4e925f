/**
 * Response times and, where users are paced, their corrected form. Absent corrected times mean "equal to the times": so
 * times of paced and unpaced users add up to corrected times of all requests, in any order of merging.
 */
import { Histogram } from "./histogram.ts";
import type { DecodedHistogram } from "./packed_histogram.ts";

export class TimesWithCorrection {
  readonly times = new Histogram();
  #corrected: Histogram | undefined;
  #isCorrected = false;

  /** The corrected times; undefined where no paced user was measured. */
  get corrected(): Histogram | undefined {
    return this.#isCorrected ? this.#corrected : undefined;
  }

  /**
   * `expectedUs` is the planned time between two starts of a paced user, 0 for others. `heldBackUs`: so long after its
   * planned time the request's iteration began, in an open load; 0 for others.
   */
  record(us: number, expectedUs: number, heldBackUs = 0): void {
    if (expectedUs > 0 || heldBackUs > 0 || this.#isCorrected) {
      this.#startCorrecting().recordCorrected(us + heldBackUs, expectedUs);
    }
    this.times.record(us);
  }

  add(other: TimesWithCorrection): void {
    const theirs = other.corrected;
    if (theirs !== undefined || this.#isCorrected) this.#startCorrecting().add(theirs ?? other.times);
    this.times.add(other.times);
  }

  /** Adds packed histograms, which have been checked: a malformed one throws with a part already added. */
  addPacked(times: Uint8Array, corrected: Uint8Array | undefined): void {
    if (corrected !== undefined || this.#isCorrected) this.#startCorrecting().addPacked(corrected ?? times);
    this.times.addPacked(times);
  }

  /** The same of histograms that have been read. */
  addDecoded(times: DecodedHistogram, corrected: DecodedHistogram | undefined): void {
    if (corrected !== undefined || this.#isCorrected) this.#startCorrecting().addDecoded(corrected ?? times);
    this.times.addDecoded(times);
  }

  reset(): void {
    this.times.reset();
    this.#corrected?.reset();
    this.#isCorrected = false;
  }

  /** Until now both were equal: the corrected times start as a copy. */
  #startCorrecting(): Histogram {
    this.#corrected ??= new Histogram();
    if (!this.#isCorrected) {
      this.#isCorrected = true;
      this.#corrected.add(this.times);
    }
    return this.#corrected;
  }
}
