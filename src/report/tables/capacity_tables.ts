/** A capacity search in the live view, in the log and at the end. Pure. */
import { escapeControls } from "../../base/text/text.ts";
import { formatLoad } from "../../load/capacity/describe_capacity.ts";
import type {
  CapacityAim,
  CapacityFigure,
  CapacityProgress,
  CapacityReport,
  CapacityStep,
} from "../../protocol/capacity_message.ts";
import { formatFigure } from "../../stats/thresholds/describe_status.ts";
import { paint, type Style } from "./colors.ts";
import { fitText, wrapText } from "../../base/text/display_width.ts";
import { formatRate, formatRunTime } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

const OUTCOMES: Readonly<Record<CapacityStep["outcome"], string>> = {
  within: "within",
  broken: "BROKEN",
  unclear: "unclear",
};
const STYLES: Readonly<Record<CapacityStep["outcome"], Style>> = { within: "green", broken: "red", unclear: "yellow" };
const PURPOSES: Readonly<Record<CapacityStep["purpose"], string>> = {
  rise: "rise",
  fall: "fall",
  halve: "halve",
  confirm: "confirm",
};

const COLUMNS: readonly Column<CapacityStep>[] = [
  { title: "Step", align: "right", text: ({ number }) => String(number) },
  { title: "Time", align: "right", text: ({ fromSeconds }) => formatRunTime(fromSeconds * 1000), dropOrder: 2 },
  { title: "Window", align: "right", text: (step) => `${windowOf(step)} s`, dropOrder: 3 },
  { title: "Purpose", align: "left", text: ({ purpose }) => PURPOSES[purpose], dropOrder: 1 },
  { title: "Load", align: "right", text: ({ load, unit }) => formatLoad(load, unit) },
  { title: "Achieved", align: "right", text: ({ achieved, unit }) => formatAchieved(achieved, unit), dropOrder: 4 },
  { title: "req/s", align: "right", text: ({ requestsPerSecond }) => formatRate(requestsPerSecond), dropOrder: 5 },
  { title: "SLO", align: "left", text: ({ outcome }) => OUTCOMES[outcome] },
  { title: "Figures", align: "left", text: (step) => escapeControls(describeFigures(step.figures)), flexibleTo: 12 },
  { title: "Generator", align: "left", text: ({ doubts }) => doubts.length === 0 ? "fine" : "in doubt", dropOrder: 6 },
];

/** The answer, its steps, and what was doubtful about the generator in them. */
export function renderCapacity(report: CapacityReport | undefined, { colors, width }: TableOptions): string[] {
  if (report === undefined) return [];
  const { header, rule, rows } = layOutTable(COLUMNS, report.steps, width);
  const table = report.steps.length === 0 ? [] : [
    paint(header, "bold", colors),
    rule,
    ...report.steps.map(({ outcome }, i) => paint(rows[i] ?? "", STYLES[outcome], colors)),
  ];
  const doubtful = report.steps.filter(({ doubts }) => doubts.length > 0);
  return [
    paint("Capacity", "bold", colors),
    ...wrapText(escapeControls(report.sentence), width),
    "",
    ...table,
    ...doubtful.slice(0, MAX_DOUBTS).flatMap(({ number, doubts }) =>
      wrapText(escapeControls(`Step ${number}: ${doubts[0] ?? ""}`), width)
    ),
    ...(doubtful.length > MAX_DOUBTS ? [`The same is true of ${doubtful.length - MAX_DOUBTS} more steps`] : []),
    "",
  ];
}

const MAX_DOUBTS = 3;

/** `search: step 7 (halve), 1,600/s, measuring: p99 71.4 ms  (800/s held, 3,200/s broke)` */
export function describeSearch(progress: CapacityProgress): string {
  const now = describeWindow(progress);
  const known = describeKnown(progress);
  return `${describePlace(progress)}${now === "" ? "" : `: ${now}`}${known === "" ? "" : `  (${known})`}`;
}

/** The same in two lines, so that neither what is known nor what is waited for is cut. */
export function renderSearch(progress: CapacityProgress, width: number): readonly string[] {
  const known = describeKnown(progress);
  const place = `${describePlace(progress)}${known === "" ? "" : `  (${known})`}`;
  return [place, `        ${describeWindow(progress)}`.trimEnd()].map((line) => fitText(line, width));
}

function describePlace({ unit, number, purpose, load, part }: CapacityProgress): string {
  return `search: step ${number} (${PURPOSES[purpose]}), ${formatLoad(load, unit)}, ${part}`;
}

function describeWindow({ figures, waitsFor }: CapacityProgress): string {
  const measured = figures.filter(({ statistic }) => statistic !== "backlog");
  const parts = [
    ...(measured.length === 0 ? [] : [describeFigures(measured)]),
    ...(waitsFor === undefined ? [] : [waitsFor]),
  ];
  return escapeControls(parts.join("; "));
}

function describeKnown({ low, high, unit }: CapacityProgress): string {
  return [
    ...(low === null ? [] : [`${formatLoad(low, unit)} held`]),
    ...(high === null ? [] : [`${formatLoad(high, unit)} broke`]),
  ].join(", ");
}

/** What a search is told to do, as it begins. */
export function describeAim({ unit, start, max, slo }: CapacityAim): string {
  const bound = unit === "users" ? `, up to ${formatLoad(max, unit)}` : "";
  return escapeControls(
    `Search for the highest load within ${slo.join(", ")}: begins at ${
      formatLoad(start, unit)
    }${bound}, and ends by itself, ` +
      "usually after 3 to 15 minutes",
  );
}

/** `Step 7: 1,600/s within the SLO: p99 71.4 ms, failures 0 %` */
export function describeStep(step: CapacityStep): string {
  const { number, load, unit, outcome, leaning, figures, shortfall, doubts } = step;
  const unclear = leaning === "within" ? "within the SLO, as far as its samples show" : "too near to the SLO to tell";
  const words = { within: "within the SLO", broken: "broke the SLO", unclear }[outcome];
  const short = shortfall === undefined ? "" : `; ${shortfall}`;
  const doubt = doubts[0] === undefined ? "" : `; ${doubts[0]}`;
  return `Step ${number}: ${formatLoad(load, unit)} ${words}: ${describeFigures(figures)}${short}${doubt}`;
}

/** `p99 71.4 ms, failures 0 %`; what the arrivals lacked only where it matters. */
export function describeFigures(
  figures: readonly (Pick<CapacityFigure, "condition" | "statistic" | "measured" | "limit" | "outcome"> & {
    readonly unit: string;
  })[],
): string {
  const scopeOf = (condition: string) => /^(.*): [a-z_]+[\d.()]*\s*[<>]/.exec(condition)?.[1];
  return figures.filter(({ statistic, outcome }) => statistic !== "backlog" || outcome === "broken")
    .map(({ condition, statistic, unit, limit, measured }) => {
      const scope = scopeOf(condition);
      const name = statistic === "backlog" ? "unanswered" : `${scope === undefined ? "" : `${scope} `}${statistic}`;
      return `${name} ${measured === null ? "-" : formatFigure(measured, unit, limit)}`;
    }).join(", ");
}

function windowOf({ fromSeconds, toSeconds }: CapacityStep): number {
  return Math.round(toSeconds - fromSeconds);
}

function formatAchieved(achieved: number, unit: CapacityStep["unit"]): string {
  return unit === "users" ? formatLoad(achieved, unit) : `${formatRate(achieved)}/s`;
}
