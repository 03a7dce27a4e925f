/**
 * The distribution of the response times as a histogram of bars, and the responses by status (`--latencies`). Pure
 * functions from the last snapshot to lines.
 */
import { formatBytes } from "../../base/units.ts";
import type { EntrySnapshot, SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { Histogram } from "../../stats/histogram/histogram.ts";
import { paint } from "./colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatMs } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

/** Few enough to be seen at a glance, enough to tell two humps apart. */
const MAX_BINS = 12;
const DEFAULT_BAR_WIDTH = 40;
const MIN_BAR_WIDTH = 8;

/** Response times from `fromUs` on, below the next bin's. */
interface Bin {
  readonly fromUs: number;
  readonly toUs: number;
  readonly count: number;
}

export function renderDistribution({ total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const histogram = Histogram.unpack(total.times ?? new Uint8Array(0));
  const bins = binTimes(histogram);
  if (bins.length === 0) return [];
  const counts = bins.map(({ count }) => count);
  const labels = bins.map(({ fromUs, toUs }) => `${formatBound(fromUs / 1000)} - ${formatBound(toUs / 1000)}`);
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const countWidth = Math.max(...counts.map((count) => String(count).length));
  const used = labelWidth + countWidth + " 100.0%  ".length + 3;
  const barWidth = width === null
    ? DEFAULT_BAR_WIDTH
    : Math.max(MIN_BAR_WIDTH, Math.min(DEFAULT_BAR_WIDTH * 2, width - used));
  const most = Math.max(...counts);
  return [
    ...wrapText("Distribution of the response times (ms, ranges of equal ratio)", width),
    ...bins.map(({ count }, i) => {
      const share = `${((count / histogram.count) * 100).toFixed(1)}%`;
      const bar = "■".repeat(count === 0 ? 0 : Math.max(1, Math.round((count / most) * barWidth)));
      const figures = `${labels[i]?.padStart(labelWidth)}  ${String(count).padStart(countWidth)} ${share.padStart(6)}`;
      return `${figures}  ${paint(bar, "cyan", colors)}`.trimEnd();
    }),
    "",
  ];
}

/** Two bounds beside each other are never the same text, as two decimals would have it of a target in the same machine. */
function formatBound(ms: number): string {
  if (ms < 0.00995) return ms.toFixed(4);
  return ms < 0.0995 ? ms.toFixed(3) : formatMs(ms);
}

/** Ranges of equal ratio from the fastest to the slowest: a long tail does not press all others into one bar. */
function binTimes(histogram: Histogram): readonly Bin[] {
  const { minUs, maxUs } = histogram;
  if (minUs === null || maxUs === null) return [];
  const low = Math.max(1, minUs);
  const bins = maxUs <= low * 1.01 ? 1 : MAX_BINS;
  const ratio = (maxUs / low) ** (1 / bins);
  const counts = new Array<number>(bins).fill(0);
  for (const { us, count } of histogram.buckets()) {
    const bin = bins === 1 ? 0 : Math.floor(Math.log(Math.max(us, low) / low) / Math.log(ratio));
    const at = Math.min(bins - 1, Math.max(0, bin));
    counts[at] = (counts[at] ?? 0) + count;
  }
  return counts.map((count, i) => ({
    fromUs: low * ratio ** i,
    toUs: i === bins - 1 ? maxUs : low * ratio ** (i + 1),
    count,
  }));
}

interface StatusRow {
  readonly status: string;
  readonly count: number;
  readonly share: string;
}

const STATUS_COLUMNS: readonly Column<StatusRow>[] = [
  { title: "Status", align: "left", text: ({ status }) => status },
  { title: "# responses", align: "right", text: ({ count }) => String(count) },
  { title: "share", align: "right", text: ({ share }) => share },
];

export function renderStatuses({ statuses, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const counted = Object.entries(statuses);
  const responses = counted.reduce((sum, [, count]) => sum + count, 0);
  if (responses === 0) return [];
  const rest = total.requests - responses;
  const rows = [...counted, ...(rest > 0 ? [["no response", rest] as const] : [])].map((
    [status, count],
  ): StatusRow => ({
    status,
    count,
    share: `${((count / total.requests) * 100).toFixed(2)}%`,
  }));
  const table = layOutTable(STATUS_COLUMNS, rows, width);
  return [
    paint(table.header, "bold", colors),
    table.rule,
    ...table.rows.map((line, i) => /^[23]/.test(rows[i]?.status ?? "") ? line : paint(line, "red", colors)),
    "",
  ];
}

/** `Received 46.4 MB in bodies: 11.6 MB/s, 6.5 KB per request`: bodies as the test sees them, decompressed. */
export function renderVolume({ total, loadMs }: SnapshotMessage, { width }: TableOptions): string[] {
  if (total.requests === 0) return [];
  return [...wrapText(describeVolume(total, loadMs), width), ""];
}

function describeVolume({ bytes, requests }: EntrySnapshot, loadMs: number): string {
  const perSecond = loadMs > 0 ? `${formatBytes((bytes * 1000) / loadMs)}/s, ` : "";
  return `Received ${formatBytes(bytes)} in bodies: ${perSecond}${formatBytes(bytes / requests)} per request`;
}
