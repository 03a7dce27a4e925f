/** Figures and times as people read them, in the reader's locale. Pure but for the locale, which the page sets once. */
import { formatElapsed } from "../../src/base/units.ts";

let locale = "en";

/** A format costs as much to make as dozens of numbers to write with it: a table has hundreds of them in a frame. By their digits. */
const formats = new Map<string, Intl.NumberFormat>();

export function setLocale(language: string): void {
  locale = language;
  formats.clear();
}

/** Between a whole number and its fraction: a point or a comma. */
export function decimalSign(): string {
  return formatOf("sign", {}).format(1.5).includes(",") ? "," : ".";
}

function formatOf(key: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  let format = formats.get(key);
  if (format === undefined) formats.set(key, format = new Intl.NumberFormat(locale, options));
  return format;
}

/** Where nothing was measured. */
export const NONE = "–";

export function formatNumber(value: number | null, digits = 0): string {
  if (value === null) return NONE;
  return formatOf(`f${digits}`, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** With at most so many digits behind the point. */
export function formatDigits(value: number, digits: number): string {
  return formatOf(`d${digits}`, { maximumFractionDigits: digits }).format(value);
}

/** `0.84`, `12.3`, `128`, `1,204`: three significant digits below 100, whole numbers above. What took a time never reads as nothing. */
export function formatMs(ms: number | null): string {
  if (ms === null) return NONE;
  if (ms > 0 && ms < 0.005) return `<${formatNumber(0.01, 2)}`;
  return formatNumber(ms, ms < 9.995 ? 2 : ms < 99.95 ? 1 : 0);
}

/** A value of a chart or its axis: whole numbers stay whole, others have three significant digits. */
export function formatValue(value: number): string {
  if (Number.isInteger(value)) return formatNumber(value);
  const digits = value >= 1000 ? 4 : 3;
  return formatOf(`s${digits}`, { maximumSignificantDigits: digits }).format(value);
}

export function formatRate(perSecond: number): string {
  return formatNumber(perSecond, perSecond < 99.95 ? 1 : 0);
}

/** `0 %`, `0.4 %`, `12 %`; a share that is not nothing never reads as nothing. */
export function formatShare(ratio: number | null): string {
  if (ratio === null) return NONE;
  const percent = ratio * 100;
  if (percent > 0 && percent < 0.01) return `<${formatNumber(0.01, 2)} %`;
  return `${formatNumber(percent, percent === 0 || percent >= 10 ? 0 : percent < 1 ? 2 : 1)} %`;
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${formatNumber(value, unit === 0 || value >= 99.5 ? 0 : 1)} ${UNITS[unit]}`;
}

/** `0:42`, `12:05`, `1:02:03`; a moment before a whole second is that second. */
export function formatClock(seconds: number): string {
  return formatElapsed((seconds + 0.05) * 1000);
}

/** `800 ms`, `12.3 s`, `5 min 20 s`, `2 h 5 min` */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${formatNumber(seconds * 1000)} ms`;
  if (seconds < 60) return `${formatNumber(seconds, Number.isInteger(Math.round(seconds * 10) / 10) ? 0 : 1)} s`;
  const whole = Math.round(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (h > 0) return m > 0 ? `${formatNumber(h)} h ${m} min` : `${formatNumber(h)} h`;
  return s > 0 ? `${m} min ${s} s` : `${m} min`;
}

/** `2026-11-28 09:30:05 UTC` */
export function formatDate(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** `09:30:05`, in the reader's time zone. */
export function formatTime(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** As `formatTime`, of a date. */
export function formatClockTime(iso: string): string {
  const wallMs = Date.parse(iso);
  return Number.isNaN(wallMs) ? iso : formatTime(wallMs);
}

/** `28 Nov 2026, 09:30:05`, in the reader's time zone and locale. */
export function formatLocalDate(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : date.toLocaleString(locale, { dateStyle: "medium", timeStyle: "medium" });
}
