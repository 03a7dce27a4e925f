/** Time spans, durations, sizes and counts between people and numbers. Pure. */

const TIME_SPAN = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/**
 * Seconds in a time span as Locust writes it: `20`, `20s`, `3m`, `1h20m`, `3h30m10s`.
 * `undefined` when the text is none.
 */
export function parseTimeSpan(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+$/.test(trimmed)) return Number(trimmed);
  const match = TIME_SPAN.exec(trimmed);
  if (trimmed === "" || match === null) return undefined;
  const [, hours, minutes, seconds] = match;
  return Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
}

/** `5400` → `1h30m`: as `parseTimeSpan` reads it. */
export function formatTimeSpan(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const text = `${hours > 0 ? `${hours}h` : ""}${minutes > 0 ? `${minutes}m` : ""}${rest > 0 ? `${rest}s` : ""}`;
  return text === "" ? "0s" : text;
}

/** The examples that an error about a time span shows. */
export const TIME_SPAN_EXAMPLES = '"20", "20s", "3m", "2h", "1h20m", "3h30m10s"';

/** `0:07`, `12:34`, `1:02:03`: whole seconds as a clock shows them. */
export function formatElapsed(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

/** On a shorter axis half a second is seen. */
const SHORT_AXIS_SECONDS = 20;

/** A time on an axis so long: `0:02`, on a short one `0:02.5`, where whole seconds would repeat. */
export function formatAxisTime(second: number, axisSeconds: number): string {
  const digits = axisSeconds < 1 ? 2 : axisSeconds < SHORT_AXIS_SECONDS ? 1 : 0;
  const fraction = (Math.floor(second * 1000) % 1000).toString().padStart(3, "0").slice(0, digits).replace(/0+$/, "");
  return `${formatElapsed(second * 1000)}${fraction === "" ? "" : `.${fraction}`}`;
}

/** `512 B`, `61.2 MB`: powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
