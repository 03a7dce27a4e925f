/** @jsxImportSource preact */
/**
 * A drawing of the scenarios that a start form is about: one row each on one time axis, as high as its load, and each
 * in words below.
 */
import type { ScenarioPlan } from "../../src/protocol/scenario_message.ts";
import { formatAxisTime } from "../../src/base/units.ts";
import { pictureScenarios, type ScenarioRow } from "../view/scenario_view.ts";

const [WIDTH, ROW, LEFT, RIGHT, BOTTOM] = [420, 46, 8, 8, 22];
const TEXT = 15;

/** Characters of a name beside a figure, and of two names side by side; the list below has them in full. */
const [ONE_NAME, TWO_NAMES] = [44, 24];

interface ScenarioPreviewProps {
  readonly plans: readonly ScenarioPlan[];
  /** The limit of the run; null: there is none. */
  readonly runTimeSeconds: number | null;
}

export function ScenarioPreview({ plans, runTimeSeconds }: ScenarioPreviewProps) {
  const { seconds, isOpen, rows } = pictureScenarios(plans, runTimeSeconds);
  const height = rows.length * ROW + BOTTOM;
  return (
    <>
      <svg role="img" aria-label="Scenarios" class="ramp" viewBox={`0 0 ${WIDTH} ${height}`}>
        <title>{rows.map(({ name, text }) => `${name}: ${text}`).join("; ")}</title>
        {rows.map((row, i) => <PreviewRow key={row.name} row={row} top={i * ROW} />)}
        {seconds > 0 && (
          <>
            <text class="tick" x={LEFT} y={height - 6}>{formatAxisTime(0, seconds)}</text>
            <text class="tick" x={WIDTH / 2} y={height - 6} text-anchor="middle">
              {formatAxisTime(seconds / 2, seconds)}
            </text>
            <text class="tick" x={WIDTH - RIGHT} y={height - 6} text-anchor="end">
              {isOpen ? "until stopped" : formatAxisTime(seconds, seconds)}
            </text>
          </>
        )}
      </svg>
      <ul class="scenario-texts">
        {rows.map(({ name, text }) => (
          <li key={name}>
            <strong>{name}</strong> {text}
          </li>
        ))}
      </ul>
    </>
  );
}

function PreviewRow({ row, top }: { readonly row: ScenarioRow; readonly top: number }) {
  const { name, peak, points, after } = row;
  const px = (x: number) => (LEFT + (WIDTH - LEFT - RIGHT) * x).toFixed(1);
  const base = top + ROW - 2;
  const py = (y: number) => (base - (ROW - TEXT - 6) * y).toFixed(1);
  const line = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${px(x)} ${py(y)}`).join("");
  const isAfter = points.length === 0 && after !== undefined;
  const [first] = points;
  const last = points[points.length - 1];
  return (
    <g>
      <line class="stroke-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={base} y2={base} />
      <text class="tick" x={LEFT} y={top + TEXT - 3}>{shorten(name, isAfter ? TWO_NAMES : ONE_NAME)}</text>
      <text class="tick" x={WIDTH - RIGHT} y={top + TEXT - 3} text-anchor="end">
        {isAfter ? `after ${shorten(after, TWO_NAMES)}` : peak}
      </text>
      {first !== undefined && last !== undefined && (
        <>
          <path class="ramp-area" d={`${line}L${px(last[0])} ${base}L${px(first[0])} ${base}z`} />
          <path class="line ink-rate" d={`M${px(first[0])} ${base}L${line.slice(1)}L${px(last[0])} ${base}`} />
        </>
      )}
    </g>
  );
}

function shorten(name: string, most: number): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}
