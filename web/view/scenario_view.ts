/** The scenarios of a start form and of a run, ready to be drawn: one row each on one time axis. Pure. */
import { describeScenario } from "../../src/load/scenarios/describe_scenario.ts";
import { drawScenarios, type ScenarioLine } from "../../src/load/scenarios/draw_scenarios.ts";
import type { ScenarioPlan } from "../../src/protocol/scenario_message.ts";
import { describeScenarioTime } from "../../src/report/summary/describe_scenarios.ts";
import type { SummaryScenario } from "../../src/report/summary/load_summary.ts";
import type { ApiRow, ApiScenario, ApiWindow } from "../../src/server/answers/api_snapshot.ts";
import { formatClock, formatMs, formatNumber, formatRate, formatShare } from "./format.ts";

export interface ScenarioRow {
  readonly name: string;
  /** In words, without the name. */
  readonly text: string;
  /** `100 users`, `10/s`: the height of the row. */
  readonly peak: string;
  /** Corners in shares of the axis and of the peak, from 0 to 1; empty where its start is not known before. */
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly after: string | undefined;
}

export interface ScenarioPicture {
  /** The length of the axis. */
  readonly seconds: number;
  readonly isOpen: boolean;
  readonly rows: readonly ScenarioRow[];
}

/** `runTimeSeconds`: the limit of the run; null: it has none. */
export function pictureScenarios(plans: readonly ScenarioPlan[], runTimeSeconds: number | null): ScenarioPicture {
  const { seconds, isOpen, lines } = drawScenarios(plans, runTimeSeconds ?? undefined);
  return {
    seconds,
    isOpen,
    rows: lines.map((line, i) => toRow(line, plans[i] as ScenarioPlan, seconds)),
  };
}

function toRow({ name, unit, points, after }: ScenarioLine, plan: ScenarioPlan, seconds: number): ScenarioRow {
  const peak = Math.max(0, ...points.map(([, value]) => value));
  return {
    name,
    text: describeScenario(plan),
    peak: points.length === 0 ? "" : unit === "arrivals" ? `${formatNumber(peak)}/s` : formatNumber(peak),
    points: seconds === 0 || peak === 0
      ? []
      : points.map(([second, value]) => [second / seconds, value / peak] as const),
    after,
  };
}

/** What a table says of the state of a scenario. */
export function describeScenarioState(scenario: SummaryScenario): string {
  if (scenario.state === "waiting") return "waits";
  if (scenario.state === "running") return `running since ${formatClock(Math.round(scenario.startSeconds ?? 0))}`;
  return `${scenario.state}, ${describeScenarioTime(scenario)}`;
}

export interface ScenarioColumn<Scenario> {
  readonly title: string;
  /** Over which time its figures are. */
  readonly about: string;
  readonly text: (scenario: Scenario) => string;
}

type FigureColumn = ScenarioColumn<ApiScenario>;

const WHOLE_RUN = "Of the whole run";
const NOW = "Of the last 10 seconds";

const COUNTS: readonly FigureColumn[] = [
  { title: "# Requests", about: WHOLE_RUN, text: ({ total }) => formatNumber(total?.requests ?? 0) },
  { title: "# Fails", about: WHOLE_RUN, text: ({ total }) => failureText(total) },
];

function nowTime(title: string, figure: keyof ApiWindow): FigureColumn {
  return { title, about: NOW, text: ({ window }) => formatMs(window?.[figure] ?? null) };
}

function wholeTime(title: string, figure: "p50Ms" | "p95Ms" | "p99Ms"): FigureColumn {
  return { title, about: WHOLE_RUN, text: ({ total }) => formatMs(total?.[figure] ?? null) };
}

const LIVE_FIGURES: readonly FigureColumn[] = [
  ...COUNTS,
  { title: "Current RPS", about: NOW, text: ({ total }) => formatRate(total?.currentPerSecond ?? 0) },
  nowTime("Median now (ms)", "p50Ms"),
  nowTime("95%ile now (ms)", "p95Ms"),
  nowTime("99%ile now (ms)", "p99Ms"),
  wholeTime("Median (ms)", "p50Ms"),
  wholeTime("95%ile (ms)", "p95Ms"),
];

const WHOLE_FIGURES: readonly FigureColumn[] = [
  ...COUNTS,
  { title: "RPS", about: WHOLE_RUN, text: ({ total }) => formatRate(total?.perSecond ?? 0) },
  wholeTime("Median (ms)", "p50Ms"),
  wholeTime("95%ile (ms)", "p95Ms"),
  wholeTime("99%ile (ms)", "p99Ms"),
];

/** After the stop, figures of the last seconds mean nothing any more. */
export function scenarioColumns(isOver: boolean): readonly FigureColumn[] {
  return isOver ? WHOLE_FIGURES : LIVE_FIGURES;
}

function failureText(total: ApiRow | undefined): string {
  const { failures = 0, requests = 0 } = total ?? {};
  return failures === 0 ? "0" : `${formatNumber(failures)} (${formatShare(failures / requests)})`;
}
