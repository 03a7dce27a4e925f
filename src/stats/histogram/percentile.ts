/** Any percentile of a histogram that a snapshot carries as bytes. Pure. */
import { Histogram } from "./histogram.ts";

/**
 * The response time in ms at a fraction from 0 to 1, by nearest rank: of n values in order the ceil(q · n)-th, within
 * 0.4 % of it. 0 is the minimum and 1 the maximum, both exact. Null where nothing was timed. Throws a `LocustError`
 * (`bad_stats`) if the bytes are no histogram.
 *
 * @example
 * percentileMs(snapshot.total.times, 0.995)
 */
export function percentileMs(packed: Uint8Array, fraction: number): number | null {
  const histogram = Histogram.unpack(packed);
  const us = fraction <= 0 ? histogram.minUs : histogram.quantileUs(fraction);
  return us === null ? null : us / 1000;
}
