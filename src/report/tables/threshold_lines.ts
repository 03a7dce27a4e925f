/** The thresholds of a run as lines: under the live table, and at the end. Pure. */
import { escapeControls } from "../../base/text/text.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import { type Colors, paint, type Style } from "./colors.ts";
import { fitText, wrapText } from "../../base/text/display_width.ts";
import { formatRunTime } from "./format_figures.ts";
import type { TableOptions } from "./text_table.ts";

/** Lines under the live table; broken conditions come first. */
const MAX_LIVE_LINES = 4;

const WORDS: Readonly<Record<ThresholdStatus["state"], { readonly live: string; readonly end: string }>> = {
  met: { live: "met", end: "met" },
  broken: { live: "BROKEN", end: "NOT MET" },
  pending: { live: "pending", end: "NOT MET" },
};
const STYLES: Readonly<Record<ThresholdStatus["state"], Style>> = { met: "green", broken: "red", pending: "dim" };
const ORDER = ["broken", "pending", "met"] as const;

export function renderLiveThresholds(
  statuses: readonly ThresholdStatus[],
  columns: number,
  colors: Colors,
): string[] {
  const sorted = ORDER.flatMap((state) => statuses.filter((status) => status.state === state));
  const shown = sorted.length <= MAX_LIVE_LINES ? sorted : sorted.slice(0, MAX_LIVE_LINES - 1);
  const lines = shown.map((status) => paint(fitText(describeLive(status), columns), STYLES[status.state], colors));
  if (shown.length < sorted.length) {
    const rest = sorted.slice(shown.length);
    const broken = rest.filter(({ state }) => state === "broken").length;
    const words = `… and ${rest.length} more conditions, ${broken} of them broken`;
    lines.push(paint(fitText(words, columns), broken > 0 ? "red" : "dim", colors));
  }
  return lines;
}

/** `BROKEN since 0:23  GET /items: p95<300: p95 = 412 ms, limit 300 ms` */
function describeLive(status: ThresholdStatus): string {
  const { state, crossedAtSeconds, scope } = status;
  const since = crossedAtSeconds === null ? "" : ` since ${formatRunTime(crossedAtSeconds * 1000)}`;
  const row = scope === "Aggregated" ? "" : `${scope}: `;
  return escapeControls(`${WORDS[state].live}${since}  ${row}${describeMeasured(status)}`);
}

/** One line for each threshold; one with several conditions is a heading above them. */
export function renderThresholds(statuses: readonly ThresholdStatus[], { colors, width }: TableOptions): string[] {
  if (statuses.length === 0) return [];
  const lines = statuses.flatMap((status, i) => {
    const { state, expression } = status;
    const isOneOf = (other: ThresholdStatus | undefined) => other?.expression === expression;
    const isFirst = !isOneOf(statuses[i - 1]);
    const isAlone = isFirst && !isOneOf(statuses[i + 1]);
    const word = WORDS[state].end.padEnd(WORDS.broken.end.length);
    const text = isAlone ? `${expression}  (${describeEnd(status)})` : `  ${describeEnd(status)}`;
    const heading = isFirst && !isAlone ? indent(escapeControls(expression), "  ", width) : [];
    const mark = `  ${paint(word, STYLES[state], colors)}  `;
    return [...heading, ...indent(escapeControls(text), mark, width, word.length + 4)];
  });
  return [paint("Thresholds", "bold", colors), ...lines, ""];
}

function describeEnd(status: ThresholdStatus): string {
  const { crossedAtSeconds } = status;
  const since = crossedAtSeconds === null ? "" : `, since ${formatRunTime(crossedAtSeconds * 1000)}`;
  return `${describeMeasured(status)}${since}`;
}

/** Lines of a text, after the mark on the first one. `margin`: the columns that the mark takes. */
function indent(text: string, mark: string, width: number | null, margin = mark.length): string[] {
  return wrapText(text, width === null ? null : width - margin)
    .map((line, i) => `${i === 0 ? mark : " ".repeat(margin)}${line}`);
}
