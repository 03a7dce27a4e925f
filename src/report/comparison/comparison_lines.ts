/** A comparison as text for a terminal, and as Markdown. Pure. Both say the same in the same words. */
import { formatMeasured } from "../../base/measured_value.ts";
import { escapeControls } from "../../base/text/text.ts";
import type { ComparedFigure, FigureChange, Judgement } from "../../stats/comparison/judge_change.ts";
import { type Colors, paint, type Style } from "../tables/colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatMs, formatRate } from "../tables/format_figures.ts";
import { codeText, markdownTable, sentenceText } from "../markdown/markdown_text.ts";
import { type Column, layOutTable, type TableOptions } from "../tables/text_table.ts";
import { describeCompared } from "./describe_compared.ts";
import type { Compared, ComparedMeasure, ComparedParts } from "./compared_row.ts";
import type { Comparison, RunSide } from "./comparison.ts";

const TITLES: Readonly<Record<ComparedFigure, string>> = {
  rps: "requests/s",
  failureRatio: "failures (%)",
  mean: "mean (ms)",
  p50: "p50 (ms)",
  p95: "p95 (ms)",
  p99: "p99 (ms)",
  passRate: "passed (%)",
  perSecond: "per second",
  busyMean: "busy mean (ms)",
  busyP50: "busy p50 (ms)",
  busyP95: "busy p95 (ms)",
  busyP99: "busy p99 (ms)",
  last: "last",
};
const WORDS: Readonly<Record<Judgement, string>> = {
  better: "better",
  worse: "worse",
  higher: "higher",
  lower: "lower",
  same: "no difference seen",
  tooShort: "too short to tell",
  noInterval: "no interval",
};
const STYLES: Readonly<Partial<Record<Judgement, Style>>> = { better: "green", worse: "red" };
/** From this width on the names stand in a column. */
const WIDE = 120;
/** Characters of a Markdown text, as of a summary. */
const MAX_MARKDOWN_LENGTH = 60_000;

interface Line {
  readonly row: Compared;
  readonly change: FigureChange;
}

/** Rows with tags that text and Markdown show. Of more the values alone; each is in the JSON. */
const MAX_SPLITS = 40;

/** What is shown, in its order. */
function shownIn({ rows, splits = [], measures = [] }: ComparedParts): readonly Compared[] {
  const shown = splits.length <= MAX_SPLITS ? splits : splits.filter(({ method }) => method === "");
  return [...rows, ...measures, ...shown];
}

const FIGURE_COLUMNS: readonly Column<Line>[] = [
  { title: "Figure", align: "left", minWidth: 12, text: (line) => escapeControls(titleOf(line)) },
  {
    title: "A",
    align: "right",
    minWidth: 8,
    text: ({ row, change }) => escapeControls(formatFigure(change.figure, change.a, unitOf(row))),
  },
  {
    title: "B",
    align: "right",
    minWidth: 8,
    text: ({ row, change }) => escapeControls(formatFigure(change.figure, change.b, unitOf(row))),
  },
  { title: "Change", align: "right", minWidth: 9, text: ({ change }) => formatPercent(change.changePercent) },
  { title: "95 % interval", align: "left", minWidth: 18, text: ({ change }) => formatInterval(change) },
  { title: "", align: "left", text: ({ change }) => WORDS[change.judgement] },
];
const NAME_COLUMN: Column<Line> = {
  title: "Row",
  align: "left",
  flexibleTo: 16,
  text: ({ row }) => escapeControls(describeCompared(row)),
};

/** `width` null: as in a terminal of 80 cells, but no name is cut. */
export function renderComparisonText(comparison: Comparison, { width, colors }: TableOptions): string {
  const wrap = (text: string) => wrapText(escapeControls(text), width);
  return [
    ...wrap(`A: ${describeSide(comparison.a)}`),
    ...wrap(`B: ${describeSide(comparison.b)}`),
    ...comparison.warnings.flatMap((warning) =>
      wrap(`Warning: ${warning}`).map((line) => paint(line, "yellow", colors))
    ),
    "",
    ...(width !== null && width >= WIDE ? oneTable(comparison, width, colors) : tableByRow(comparison, width, colors)),
    ...comparison.failOn.flatMap(({ expression, crossed }) =>
      wrap(`--fail-on "${expression}": ${crossed ? "CROSSED" : "not crossed"}`)
        .map((line) => crossed ? paint(line, "red", colors) : line)
    ),
    "",
  ].join("\n");
}

function oneTable(comparison: Comparison, width: number, colors: Colors): string[] {
  const lines = shownIn(comparison).flatMap((row) => row.figures.map((change) => ({ row, change })));
  const table = layOutTable([NAME_COLUMN, ...FIGURE_COLUMNS], lines, width);
  return [paint(table.header, "bold", colors), table.rule, ...paintLines(table.rows, lines, colors), ""];
}

function tableByRow(comparison: Comparison, width: number | null, colors: Colors): string[] {
  return shownIn(comparison).flatMap((row) => {
    const lines = row.figures.map((change) => ({ row, change }));
    const table = layOutTable(FIGURE_COLUMNS, lines, width);
    return [
      ...wrapText(escapeControls(describeCompared(row)), width).map((line) => paint(line, "bold", colors)),
      table.header,
      table.rule,
      ...paintLines(table.rows, lines, colors),
      "",
    ];
  });
}

function paintLines(texts: readonly string[], lines: readonly Line[], colors: Colors): string[] {
  return texts.map((text, i) => {
    const style = STYLES[lines[i]?.change.judgement ?? "same"];
    return style === undefined ? text : paint(text, style, colors);
  });
}

export function renderComparisonMarkdown(comparison: Comparison): string {
  const { warnings, failOn } = comparison;
  const rows = shownIn(comparison);
  const crossed = failOn.filter((each) => each.crossed).length;
  const worse = rows.flatMap((row) => row.figures).filter(({ judgement }) => judgement === "worse").length;
  const title = failOn.length > 0
    ? crossed > 0 ? `${crossed} of ${failOn.length} limits crossed` : "no limit crossed"
    : worse > 0
    ? `${worse} ${worse === 1 ? "figure is" : "figures are"} worse`
    : "nothing is seen to be worse";
  const head = [
    `## Comparison: ${title}`,
    `- A: ${sentenceText(describeSide(comparison.a))}\n- B: ${sentenceText(describeSide(comparison.b))}`,
    ...(warnings.length === 0 ? [] : [warnings.map((each) => `> ${sentenceText(each)}`).join("\n>\n")]),
    ...(failOn.length === 0 ? [] : [
      markdownTable(
        ["", "Limit"],
        failOn.map((each) => [each.crossed ? "**crossed**" : "not crossed", codeText(each.expression)]),
        ["left", "left"],
      ).join("\n"),
    ]),
  ];
  let length = head.join("\n\n").length + 100;
  const shown: string[] = [];
  for (const row of rows) {
    const section = markdownRow(row);
    length += section.length + 2;
    if (length > MAX_MARKDOWN_LENGTH) break;
    shown.push(section);
  }
  const left = rows.length - shown.length;
  return `${[...head, ...shown, ...(left > 0 ? [`… and ${left} more rows`] : [])].join("\n\n")}\n`;
}

function markdownRow(row: Compared): string {
  const table = markdownTable(
    ["Figure", "A", "B", "Change", "95 % interval", ""],
    row.figures.map((change) => [
      sentenceText(titleOf({ row, change })),
      sentenceText(formatFigure(change.figure, change.a, unitOf(row))),
      sentenceText(formatFigure(change.figure, change.b, unitOf(row))),
      formatPercent(change.changePercent),
      formatInterval(change),
      change.judgement === "worse" || change.judgement === "better"
        ? `**${WORDS[change.judgement]}**`
        : WORDS[change.judgement],
    ]),
    ["left", "right", "right", "right", "left", "left"],
  );
  return `### ${codeText(describeCompared(row))}\n\n${table.join("\n")}`;
}

/** `run.ndjson (journal), shop.ts on http://shop.test, 50 users, 2026-11-28 09:30 UTC, 90 s compared` */
function describeSide({ file, source, locustfile, host, users, startedAt, comparedSeconds }: RunSide): string {
  return [
    `${file} (${source})`,
    `${locustfile}${host === null ? "" : ` on ${host}`}`,
    `${users.target ?? users.peak} users`,
    `${startedAt.slice(0, 16).replace("T", " ")} UTC`,
    `${comparedSeconds} s compared`,
  ].join(", ");
}

/** Times of a metric are in its own unit, which the figures have. */
function titleOf({ row, change: { figure } }: Line): string {
  return isMetric(row) ? TITLES[figure].replace(" (ms)", "") : TITLES[figure];
}

function unitOf(row: Compared): string | undefined {
  return isMetric(row) ? row.unit ?? "" : undefined;
}

function isMetric(row: Compared): row is ComparedMeasure {
  return "of" in row && row.of === "metrics";
}

/** `unit`: of a metric. */
function formatFigure(figure: ComparedFigure, value: number | null, unit: string | undefined): string {
  if (value === null) return "-";
  if (figure === "failureRatio") return (value * 100).toFixed(2);
  if (figure === "passRate") return formatShare(value);
  if (figure === "rps" || figure === "perSecond") return formatRate(value);
  return unit === undefined ? formatMs(value) : formatMeasured(value, unit);
}

/** A share that is not whole never reads as whole. */
function formatShare(share: number): string {
  return share < 1 ? Math.min(share * 100, 99.99).toFixed(2) : "100.00";
}

function formatPercent(percent: number | null): string {
  return percent === null ? "-" : `${signed(percent)} %`;
}

function formatInterval({ interval }: FigureChange): string {
  return interval === null ? "-" : `${signed(interval[0])} to ${signed(interval[1])} %`;
}

function signed(percent: number): string {
  const text = Math.abs(percent) < 999.95 ? percent.toFixed(1) : String(Math.round(percent));
  return Number(text) > 0 ? `+${text}` : text.replace(/^-(0\.0)$/, "$1");
}
