/**
 * Response times of failed requests by row and type of the error, for exporters that show failures as a part of a
 * histogram. Kept only where such an exporter asks for it: a target that fails at full speed pays for a second
 * histogram.
 */
import type { FailedTimesDelta } from "../../protocol/delta_message.ts";
import { Histogram } from "../histogram/histogram.ts";

/** Of a thread, a worker or a run; beyond it all types of a row are one. */
export const MAX_FAILED_TIMES = 500;

/** What OpenTelemetry calls an error without a name. */
export const OTHER_ERROR = "_OTHER";

interface FailedTimes {
  readonly method: string;
  readonly name: string;
  readonly errorType: string;
  readonly times: Histogram;
}

/**
 * The type of an error as OpenTelemetry has it, of which there are few: the status of the response, the name of the
 * error (`Timeout (response)` is `Timeout`), and one for everything that a test says in its own words.
 */
export function errorTypeOf(failure: string, status: number | undefined): string {
  if (status !== undefined && status >= 400) return String(status);
  return /^([A-Z][\w$]*)(?=$|:| \()/.exec(failure)?.[1] ?? OTHER_ERROR;
}

export class FailedTimesStore {
  readonly #groups = new Map<string, FailedTimes>();

  record(row: { readonly method: string; readonly name: string }, errorType: string, responseTimeUs: number): void {
    this.#open(row.method, row.name, errorType).times.record(responseTimeUs);
  }

  /** Throws a `LocustError` (`bad_stats`) if the bytes are no histogram. */
  add({ method, name, errorType, times }: FailedTimesDelta): void {
    this.#open(method, name, errorType).times.addPacked(times);
  }

  /** Those since the last `take`, or undefined if there are none. */
  take(): readonly FailedTimesDelta[] | undefined {
    const taken = this.list();
    this.clear();
    return taken.length === 0 ? undefined : taken;
  }

  list(): readonly FailedTimesDelta[] {
    return [...this.#groups.values()].map(({ times, ...group }) => ({ ...group, times: times.pack() }));
  }

  clear(): void {
    this.#groups.clear();
  }

  #open(method: string, name: string, errorType: string): FailedTimes {
    const key = `${method}\0${name}\0${errorType}`;
    let group = this.#groups.get(key);
    if (group !== undefined) return group;
    if (this.#groups.size >= MAX_FAILED_TIMES && errorType !== OTHER_ERROR) {
      return this.#open(method, name, OTHER_ERROR);
    }
    this.#groups.set(key, group = { method, name, errorType, times: new Histogram() });
    return group;
  }
}
