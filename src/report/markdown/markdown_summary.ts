/**
 * The summary of a run as Markdown, short enough for the comment of a pull request: verdict first, then thresholds,
 * headline figures, the busiest rows, failures and exceptions. Pure.
 *
 * Invariant: the text fits. Rows are left out until it does, and the text says how many.
 */
import { formatLoad } from "../../load/capacity/describe_capacity.ts";
import { describeStopReason } from "../../master/stop_reason.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import { describeFigures } from "../tables/capacity_tables.ts";
import { isCarried, MIN_SAMPLES_BEYOND } from "../tables/carried_percentile.ts";
import { formatCount, formatFailures, formatMs, formatRate, formatRunTime } from "../tables/format_figures.ts";
import { describeIterations } from "../summary/describe_iterations.ts";
import { describeFeed } from "../summary/describe_feeds.ts";
import { describeArrivalCounts, describeClassArrivals } from "../summary/describe_arrivals.ts";
import type { RunEnded } from "../summary/concluded_summary.ts";
import type { PercentilesMs, RunSummary, SummaryEntry } from "../summary/summary.ts";
import { verdictHeadline } from "../tables/verdict_lines.ts";
import { type MeasureTable, measureTables } from "./markdown_measures.ts";
import { codeText, markdownTable, sentenceText } from "./markdown_text.ts";

/** GitHub takes 65,536 characters in a comment; the rest is for what stands around the summary. */
const MAX_COMMENT_LENGTH = 60_000;

/** Rows of each table and characters of each text, from the most to the least. */
const SIZES = [
  { rows: 20, textLength: 300 },
  { rows: 10, textLength: 150 },
  { rows: 5, textLength: 80 },
  { rows: 1, textLength: 40 },
] as const;

type Size = typeof SIZES[number];

export interface MarkdownInput {
  readonly summary: RunSummary;
  /** The reason and the thresholds with what their sentences need. */
  readonly ended: RunEnded;
}

/** Undefined if not even the shortest form fits. */
export function renderMarkdown(input: MarkdownInput, fits: (text: string) => boolean): string | undefined {
  for (const size of SIZES) {
    const text = `${renderSections(input, size).join("\n\n")}\n`;
    if (fits(text)) return text;
  }
  return undefined;
}

/** A summary of any size: where not even the shortest form fits, its end is cut off. */
export function renderComment(input: MarkdownInput): string {
  const whole = renderMarkdown(input, (text) => text.length <= MAX_COMMENT_LENGTH);
  if (whole !== undefined) return whole;
  const sections = renderSections(input, SIZES[SIZES.length - 1] as Size);
  const note = "The rest does not fit into a comment: see the page or the summary file of the run.";
  const kept: string[] = [];
  let room = MAX_COMMENT_LENGTH - note.length - 2;
  for (const section of sections) {
    room -= section.length + 2;
    if (room < 0) break;
    kept.push(section);
  }
  return `${[...kept, note].join("\n\n")}\n`;
}

function renderSections({ summary, ended }: MarkdownInput, size: Size): string[] {
  const { steady } = summary;
  return [
    `## ${sentenceText(verdictHeadline(summary.verdict, summary.total))}`,
    ...verdictSection(summary, size),
    describeRun(summary, ended, size),
    ...capacitySection(summary, size),
    ...thresholdSection(ended, size),
    `### Figures\n\n${headline(summary).join("\n")}`,
    ...(summary.iterations ?? []).map(describeIterations),
    ...(summary.arrivals === undefined ? [] : [describeArrivalCounts(summary.arrivals)]),
    ...describeClassArrivals(summary),
    ...(summary.feeds ?? []).map((each) => sentenceText(describeFeed(each))),
    ...(steady === null ? [] : [requestSection(`steady part, ${steadyTime(summary)}`, steady.entries, size)]),
    requestSection("whole run", summary.entries, size),
    ...splitSections(summary, size),
    ...measureTables(summary).flatMap((table) => measureSection(table, size)),
    ...failureSection(summary, size),
    ...exceptionSection(summary, size),
  ].filter((section) => section !== "");
}

function verdictSection({ verdict }: RunSummary, size: Size): string[] {
  const doubts = verdict.doubts.map(({ sentence, advice }) => `${sentence}: ${advice}`);
  const items = [...doubts, ...verdict.notes].map((text) => `- ${sentenceText(cut(text, 2 * size.textLength))}`);
  return items.length === 0 ? [] : [listed(items, size, "more doubts and notes")];
}

function describeRun({ run, users, scenarios }: RunSummary, { reason }: RunEnded, size: Size): string {
  const code = (text: string) => codeText(cut(text, size.textLength));
  return [
    `${code(run.locustfile)}${run.host === null ? "" : ` on ${code(run.host)}`}`,
    ...(run.profile === null ? [] : [`profile ${code(run.profile)}`]),
    scenarios === undefined
      ? formatCount(users.target || users.peak, "user")
      : formatCount(scenarios.length, "scenario"),
    `started ${run.startedAt.slice(0, 19).replace("T", " ")} UTC`,
    `ended after ${formatRunTime(run.durationSeconds * 1000)}: ${
      sentenceText(cut(describeStopReason(reason), size.textLength))
    }`,
    ...(run.exitCode === null ? [] : [`exit code ${run.exitCode}`]),
  ].join(", ");
}

function capacitySection({ capacity }: RunSummary, size: Size): string[] {
  if (capacity === undefined) return [];
  const { unit, sentence, steps } = capacity;
  const rows = steps.map(({ number, load, requestsPerSecond, outcome, figures, doubts }) => [
    String(number),
    formatLoad(load, unit),
    formatRate(requestsPerSecond),
    outcome === "broken" ? "**broken**" : outcome,
    sentenceText(cut(describeFigures(figures), size.textLength)),
    sentenceText(cut(doubts[0] ?? "", size.textLength)),
  ]);
  const table = tabled(["Step", "Load", "req/s", "SLO", "Figures", "Generator"], rows, [
    "right",
    "right",
    "right",
    "left",
    "left",
    "left",
  ], size);
  return [`### Capacity\n\n${sentenceText(sentence)}`, ...(rows.length === 0 ? [] : [table])];
}

function thresholdSection({ thresholds = [] }: RunEnded, size: Size): string[] {
  if (thresholds.length === 0) return [];
  const broken = thresholds.filter(({ state }) => state !== "met");
  const rows = [...broken, ...thresholds.filter(({ state }) => state === "met")].map((status) => [
    status.state === "met" ? "met" : "**not met**",
    codeText(cut(status.expression, size.textLength)),
    sentenceText(cut(describeMeasured(status), 2 * size.textLength)),
    status.crossedAtSeconds === null ? "" : formatRunTime(status.crossedAtSeconds * 1000),
  ]);
  const title = broken.length === 0
    ? `### Thresholds: ${thresholds.length === 1 ? "met" : `all ${thresholds.length} met`}`
    : `### Thresholds: ${broken.length} of ${thresholds.length} not met`;
  return [title, tabled(["", "Threshold", "Measured", "Since"], rows, ["left", "left", "left", "right"], size)];
}

/** The figures of the whole run beside those of the steady part. */
function headline(summary: RunSummary): string[] {
  const { total, steady, run } = summary;
  const columns = [
    ...(steady === null ? [] : [{ title: `Steady part, ${steadyTime(summary)}`, entry: steady.total }]),
    { title: `Whole run, ${formatRunTime(run.durationSeconds * 1000)}`, entry: total },
  ];
  const figures: readonly (readonly [title: string, text: (entry: SummaryEntry) => string])[] = [
    ["Requests", ({ requests }) => String(requests)],
    ["Failures", ({ failures, requests }) => formatFailures(failures, requests)],
    ["Requests/s", ({ perSecond }) => formatRate(perSecond)],
    ["Median (ms)", percentileText("50")],
    ["95 % (ms)", percentileText("95")],
    ["99 % (ms)", percentileText("99")],
    ["Average (ms)", ({ meanMs }) => formatMs(meanMs)],
    ["Maximum (ms)", ({ maxMs }) => formatMs(maxMs)],
  ];
  return [
    ...markdownTable(
      ["", ...columns.map(({ title }) => title)],
      figures.map(([title, text]) => [title, ...columns.map(({ entry }) => text(entry))]),
      ["left", ...columns.map(() => "right" as const)],
    ),
    ...bracketNote(columns.map(({ entry }) => entry)),
  ];
}

function requestSection(part: string, entries: readonly SummaryEntry[], size: Size): string {
  if (entries.length === 0) return "";
  const busiest = [...entries].sort((a, b) => b.requests - a.requests);
  const shown = busiest.slice(0, size.rows);
  const rows = busiest.map((entry) => [
    codeText(cut(`${entry.method} ${entry.name}`.trim(), size.textLength)),
    ...figureCells(entry),
  ]);
  const header = ["Request", "# reqs", "# fails", "50% (ms)", "95% (ms)", "99% (ms)", "Max (ms)", "req/s"];
  const table = tabled(header, rows, header.map((_, i) => i === 0 ? "left" : "right"), size);
  return [`### Requests: ${part}`, "", table, ...bracketNote(shown)].join("\n");
}

function measureSection({ title, header, rows, names = 1 }: MeasureTable, size: Size): string[] {
  const named = rows.map((cells) =>
    cells.map((cell, i) => i < names ? codeText(cut(cell, size.textLength)) : sentenceText(cell))
  );
  return [title, tabled(header, named, header.map((_, i) => i < names ? "left" : "right"), size)];
}

/** The values of each tag; their rows would make a comment too long. */
function splitSections({ splits = [] }: RunSummary, size: Size): string[] {
  const header = ["", "# reqs", "# fails", "50% (ms)", "95% (ms)", "99% (ms)", "Max (ms)", "req/s"];
  return splits.map(({ tag, values }) => {
    const rows = values.map(({ value, total }) => [
      codeText(cut(value, size.textLength)),
      ...figureCells(total),
    ]);
    const table = tabled(header, rows, header.map((_, i) => i === 0 ? "left" : "right"), size);
    const shown = values.slice(0, size.rows).map(({ total }) => total);
    return [`### Requests by ${codeText(cut(tag, size.textLength))}`, "", table, ...bracketNote(shown)].join("\n");
  });
}

function failureSection({ failures }: RunSummary, size: Size): string[] {
  if (failures.length === 0) return [];
  const rows = [...failures].sort((a, b) => b.count - a.count).map(({ method, name, text, count }) => [
    codeText(cut(`${method} ${name}`.trim(), size.textLength)),
    codeText(cut(text, size.textLength)),
    String(count),
  ]);
  return ["### Failures", tabled(["Request", "Failure", "Count"], rows, ["left", "left", "right"], size)];
}

function exceptionSection({ exceptions }: RunSummary, size: Size): string[] {
  if (exceptions.length === 0) return [];
  const rows = [...exceptions].sort((a, b) => b.count - a.count).map(({ where, message, count }) => [
    codeText(cut(where, size.textLength)),
    codeText(cut(message, size.textLength)),
    String(count),
  ]);
  return ["### Exceptions", tabled(["Where", "Exception", "Count"], rows, ["left", "left", "right"], size)];
}

function figureCells(entry: SummaryEntry): string[] {
  return [
    String(entry.requests),
    formatFailures(entry.failures, entry.requests),
    percentileText("50")(entry),
    percentileText("95")(entry),
    percentileText("99")(entry),
    formatMs(entry.maxMs),
    formatRate(entry.perSecond),
  ];
}

function tabled(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ("left" | "right")[],
  { rows: most }: Size,
): string {
  const table = markdownTable(header, rows.slice(0, most), align).join("\n");
  return rows.length <= most ? table : `${table}\n\n… and ${rows.length - most} more`;
}

function listed(items: readonly string[], { rows }: Size, more: string): string {
  const shown = items.slice(0, rows);
  return [...shown, ...(items.length > rows ? [`- … and ${items.length - rows} ${more}`] : [])].join("\n");
}

function percentileText(percent: keyof PercentilesMs): (entry: SummaryEntry) => string {
  return (entry) => {
    const text = formatMs(entry.percentilesMs[percent]);
    return text === "-" || isCarried(entry, Number(percent) / 100) ? text : `(${text})`;
  };
}

function bracketNote(entries: readonly SummaryEntry[]): string[] {
  const isThin = entries.some((entry) => entry.requests > entry.untimed && !isCarried(entry, 0.99));
  return isThin ? ["", `In brackets: fewer than ${MIN_SAMPLES_BEYOND} requests were slower.`] : [];
}

function steadyTime({ phases }: RunSummary): string {
  const { fromSeconds, toSeconds } = phases.find(({ kind }) => kind === "steady") ?? { fromSeconds: 0, toSeconds: 0 };
  return `${formatRunTime(fromSeconds * 1000)} to ${formatRunTime(toSeconds * 1000)}`;
}

/** Whole characters; what was cut shows as `…`. */
function cut(text: string, length: number): string {
  const characters = [...text.slice(0, 2 * length + 2)];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}
