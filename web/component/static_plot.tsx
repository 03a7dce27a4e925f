/** @jsxImportSource preact */
/** A chart as an SVG: what a page shows before its script runs, without a script, and to a reader that prints nothing else. */
import { type Chart, largestValue, type Line, niceTicks } from "../view/chart.ts";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 240, 56, 12, 8, 28];
const MAX_POINTS = 400;

export function StaticPlot({ chart }: { readonly chart: Chart }) {
  const yTicks = niceTicks(largestValue(chart));
  const yMax = yTicks[yTicks.length - 1] as number;
  const [first = 0] = chart.x;
  const last = Math.max(first + 1, chart.x[chart.x.length - 1] ?? 1);
  const px = (x: number) =>
    LEFT + (WIDTH - LEFT - RIGHT) * (Math.min(Math.max(x, first), last) - first) / (last - first);
  const py = (y: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - y / yMax);
  const xTicks = chart.xTicks?.filter((x) => x <= last) ??
    niceTicks(last - first, 6).map((x) => first + x).filter((x) => x <= last && Number.isInteger(x));
  return (
    <svg class="static-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      {chart.bands.map(({ from, to }) => (
        <rect class="fill-band" x={px(from)} y={TOP} width={px(to) - px(from)} height={HEIGHT - TOP - BOTTOM} />
      ))}
      {yTicks.map((y) => (
        <g>
          <line class="stroke-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={py(y)} y2={py(y)} />
          <text class="tick" x={LEFT - 8} y={py(y) + 4} text-anchor="end">{chart.formatY(y)}</text>
        </g>
      ))}
      {xTicks.map((x) => <text class="tick" x={px(x)} y={HEIGHT - 8} text-anchor="middle">{chart.formatX(x)}</text>)}
      {chart.lines.map((line) => <path class={`line ink-${line.ink}`} d={pathOf(chart.x, line, px, py)} />)}
    </svg>
  );
}

/** Gaps stay gaps. A long history is drawn by its largest values, so that no spike is lost. */
function pathOf(x: readonly number[], { values }: Line, px: (x: number) => number, py: (y: number) => number): string {
  const per = Math.max(1, Math.ceil(x.length / MAX_POINTS));
  let path = "";
  let isDown = false;
  for (let i = 0; i < x.length; i += per) {
    const measured = values.slice(i, i + per).filter((value) => value !== null);
    if (measured.length === 0) {
      isDown = false;
      continue;
    }
    const [atX, atY] = [px(x[i] as number).toFixed(1), py(Math.max(...measured)).toFixed(1)];
    path += isDown ? `L${atX} ${atY}` : `M${atX} ${atY}h.1`;
    isDown = true;
  }
  return path;
}
