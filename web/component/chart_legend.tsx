/** @jsxImportSource preact */
/** The legend of a chart, which also reads it out: the values under the cursor, else the newest ones of a run in progress. */
import type { ReadonlySignal } from "@preact/signals";
import { type Chart, lastMeasured, marksNear } from "../view/chart.ts";
import { NONE } from "../view/format.ts";

interface ChartLegendProps {
  readonly chart: Chart;
  /** Index in `chart.x`. */
  readonly cursor: ReadonlySignal<number | undefined>;
  readonly showsNewest: boolean;
}

export function ChartLegend({ chart, cursor, showsNewest }: ChartLegendProps) {
  const index = cursor.value;
  const x = index === undefined ? undefined : chart.x[index];
  const events = x === undefined ? [] : marksNear(chart, x);
  return (
    <ul class="legend">
      {chart.lines.map(({ label, ink, values }) => {
        const value = index !== undefined ? values[index] : showsNewest ? lastMeasured(values) : undefined;
        return (
          <li key={label}>
            <svg class={`swatch ink-${ink}`} viewBox="0 0 22 8" aria-hidden="true">
              <line class="line" x1="0" x2="22" y1="4" y2="4" />
            </svg>
            {label}
            {value !== undefined && <b class="legend-value">{value === null ? NONE : chart.formatY(value)}</b>}
          </li>
        );
      })}
      {x !== undefined && (
        <li class="legend-at">
          {events.map(({ label }) => `${label} · `).join("")}
          {chart.formatX(x)}
        </li>
      )}
    </ul>
  );
}
