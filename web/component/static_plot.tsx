/** @jsxImportSource preact */
/** A chart as an SVG: what a page shows before its script runs, without a script, and to a reader that prints nothing else. */
import { type Band, type Chart, largestValue, type Line, niceTicks, timeTicks } from "../view/chart.ts";
import { percent, PLOT_HEIGHT, PlotFrame, Stretched, XLabel, YLabel } from "./plot_frame.tsx";

/** Units across, for the paths. */
const WIDTH = 1000;
const MAX_POINTS = 400;
/** A plot can be this narrow, in pixels: a band whose name would need more room there has none. */
const NARROW_PLOT = 240;

export function StaticPlot({ chart }: { readonly chart: Chart }) {
  const largest = largestValue(chart);
  const limits = (chart.limits ?? []).filter(({ y }) => y <= largest * 2);
  const yTicks = niceTicks(Math.max(largest, ...limits.map(({ y }) => y)));
  const yMax = yTicks[yTicks.length - 1] as number;
  const [first = 0] = chart.x;
  const last = Math.max(first + 1, chart.x[chart.x.length - 1] ?? 1);
  const share = (x: number) => (Math.min(Math.max(x, first), last) - first) / (last - first);
  const py = (y: number) => PLOT_HEIGHT * (1 - y / yMax);
  const xTicks = chart.xTicks?.filter((x) => x <= last) ?? timeTicks(first, last, 6);
  return (
    <PlotFrame>
      {chart.bands.map((band) => <BandGround key={band.from} band={band} share={share} />)}
      {yTicks.map((y) => (
        <>
          <line class="stroke-grid" x1="0" x2="100%" y1={py(y)} y2={py(y)} />
          <YLabel y={py(y)} text={chart.formatY(y)} />
        </>
      ))}
      {xTicks.map((x) => <XLabel key={x} at={share(x)} text={chart.formatX(x)} />)}
      <Stretched width={WIDTH} height={PLOT_HEIGHT}>
        {chart.lines.map((line) => (
          <path
            key={line.label}
            class={`line ink-${line.ink}`}
            vector-effect="non-scaling-stroke"
            d={pathOf(chart.x, line, (x) => share(x) * WIDTH, py)}
          />
        ))}
      </Stretched>
      {limits.map(({ y, label, isBroken }) => (
        <g key={label} class={isBroken ? "limit broken" : "limit"}>
          <line x1="0" x2="100%" y1={py(y)} y2={py(y)} />
          <text class="tick" x="100%" y={py(y) < 16 ? py(y) + 13 : py(y) - 4} text-anchor="end">{label}</text>
        </g>
      ))}
    </PlotFrame>
  );
}

function BandGround({ band, share }: { readonly band: Band; readonly share: (x: number) => number }) {
  const [from, to] = [share(band.from), share(band.to)];
  return (
    <>
      {band.isPlain !== true && (
        <rect class="fill-band" x={percent(from)} y="0" width={percent(to - from)} height={PLOT_HEIGHT} />
      )}
      {from > 0 && from < 0.99 && (
        <line class="stroke-band" x1={percent(from)} x2={percent(from)} y1="0" y2={PLOT_HEIGHT} />
      )}
      {(to - from) * NARROW_PLOT >= 6 * band.label.length + 8 && (
        <text class="tick band-label" x={percent(from)} y="13" dx="5">{band.label}</text>
      )}
    </>
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
