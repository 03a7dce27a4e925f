/** Figures as people read them in the terminal. Pure. Numbers stay numbers: no thousands separators, a point for decimals. */
import { formatElapsed } from "../../base/units.ts";

/** Time since the run's start. A tick that fires a moment early still shows its second. */
export function formatRunTime(elapsedMs: number): string {
  return formatElapsed(elapsedMs + 50);
}

/** `4.5 s`, `12.0 s`, `3:07` from a minute on. */
export function formatSeconds(durationMs: number): string {
  return durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatRunTime(durationMs);
}

/** Milliseconds with three significant digits below 100: `0.08`, `3.27`, `42.1`, `128`. `-` where there is none. */
export function formatMs(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return "-";
  if (ms < 9.995) return ms.toFixed(2);
  if (ms < 99.95) return ms.toFixed(1);
  return String(Math.round(ms));
}

/** Events per second: two decimals below 100, one below 1,000. */
export function formatRate(perSecond: number): string {
  if (perSecond < 99.995) return perSecond.toFixed(2);
  return perSecond < 999.95 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

/** `6(1.18%)`: failures and their share of the requests, as Locust's tables have it. */
export function formatFailures(failures: number, requests: number): string {
  const share = requests > 0 ? (failures / requests) * 100 : failures > 0 ? 100 : 0;
  return `${failures}(${share.toFixed(2)}%)`;
}

/** `50%`, `99.9%`: a fraction as Locust titles percentile columns. */
export function formatFraction(fraction: number): string {
  return `${Number((fraction * 100).toFixed(4))}%`;
}

/** `1`, `3 users`… with the noun in the right number. */
export function formatCount(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
