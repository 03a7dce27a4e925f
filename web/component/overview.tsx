/** @jsxImportSource preact */
/**
 * The course of the run above its table: since when has what changed. Its figures are those of the last second, after
 * the stop those of the whole run. A press opens the charts.
 */
import type { ApiRow } from "../../src/server/answers/api_snapshot.ts";
import type { AppState } from "../model/app_state.ts";
import type { HistoryColumns, HistoryField } from "../view/history_columns.ts";
import type { Ink } from "../view/chart.ts";
import { formatMs, formatNumber, formatRate, NONE } from "../view/format.ts";
import { sparkPath, sparkTop, sparkValues } from "../view/sparkline.ts";

const BOX = { width: 240, height: 36 };

interface Part {
  readonly label: string;
  readonly ink: Ink;
  readonly field: HistoryField;
  readonly whole: (run: WholeRun) => number | null;
}

interface WholeRun {
  readonly total: ApiRow;
  readonly peakUsers: number;
}

interface Card {
  readonly title: string;
  readonly unit: string;
  readonly parts: readonly Part[];
  readonly isPerSecond: boolean;
  readonly format: (value: number) => string;
}

const CARDS: readonly Card[] = [
  {
    title: "Users",
    unit: "",
    parts: [{ label: "", ink: "users", field: "users", whole: ({ peakUsers }) => peakUsers }],
    isPerSecond: false,
    format: formatNumber,
  },
  {
    title: "Requests",
    unit: "/s",
    parts: [{ label: "", ink: "rate", field: "requests", whole: ({ total }) => total.perSecond }],
    isPerSecond: true,
    format: formatRate,
  },
  {
    title: "Failures",
    unit: "/s",
    parts: [{ label: "", ink: "failures", field: "failures", whole: ({ total }) => total.failuresPerSecond }],
    isPerSecond: true,
    format: formatRate,
  },
  {
    title: "Response times",
    unit: "ms",
    parts: [
      { label: "p50", ink: "p50", field: "p50Ms", whole: ({ total }) => total.p50Ms },
      { label: "p95", ink: "p95", field: "p95Ms", whole: ({ total }) => total.p95Ms },
      { label: "p99", ink: "p99", field: "p99Ms", whole: ({ total }) => total.p99Ms },
    ],
    isPerSecond: false,
    format: formatMs,
  },
];

export function Overview({ app }: { readonly app: AppState }) {
  const { live, address } = app;
  const run = live.run.value;
  const total = live.total.value;
  const isOver = run?.state === "stopped" && total !== undefined && total.requests > 0;
  const whole = isOver ? { total, peakUsers: run.peakUsers } : undefined;
  if (live.historyVersion.value === 0 || live.history.length < 2) return null;
  const columns = live.history.read();
  return (
    <section class="overview" aria-label="Overview">
      {CARDS.map((card) => (
        <OverviewCard
          key={card.title}
          card={card}
          columns={columns}
          whole={whole}
          onOpen={() => address.open("charts")}
        />
      ))}
    </section>
  );
}

interface CardProps {
  readonly card: Card;
  readonly columns: HistoryColumns;
  /** After the stop. */
  readonly whole: WholeRun | undefined;
  readonly onOpen: () => void;
}

function OverviewCard({ card: { title, unit, parts, isPerSecond, format }, columns, whole, onOpen }: CardProps) {
  const lines = parts.map(({ field }) => sparkValues(columns, field, isPerSecond));
  const top = sparkTop(lines);
  return (
    <button type="button" class="card overview-card" title="Open the charts" onClick={onOpen}>
      <span class="overview-head">
        <span class="overview-title">{title}</span>
        {parts.map((part) => (
          <span key={part.field} class="overview-value">
            {part.label !== "" && <i class={`overview-label ink-${part.ink}`}>{part.label}</i>}
            {show(whole === undefined ? newest(columns, part.field, isPerSecond) : part.whole(whole), format)}
          </span>
        ))}
        {unit !== "" && <span class="unit">{unit}</span>}
      </span>
      <svg viewBox={`-1 -2 ${BOX.width + 2} ${BOX.height + 4}`} preserveAspectRatio="none" aria-hidden="true">
        {lines.map((values, i) => {
          const { field, ink } = parts[i] as Part;
          const path = sparkPath(values, top, BOX);
          return <path key={field} class={`line ink-${ink}`} vector-effect="non-scaling-stroke" d={path} />;
        })}
      </svg>
    </button>
  );
}

/** Of the last whole second; NaN where nothing was measured. */
function newest(columns: HistoryColumns, field: HistoryField, isPerSecond: boolean): number {
  const last = columns.second.length - 1;
  const isTooShort = last > 0 && Number.isNaN(columns.countedSeconds[last]); // of the end of a run
  const at = isPerSecond && isTooShort ? last - 1 : last;
  return (columns[field][at] as number) / (isPerSecond ? columns.countedSeconds[at] as number : 1);
}

function show(value: number | null, format: (value: number) => string): string {
  return value === null || Number.isNaN(value) ? NONE : format(value);
}
