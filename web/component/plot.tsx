/** @jsxImportSource preact */
/** A chart as a canvas with cursor and zoom: the only place that knows uPlot. Times share one cursor. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Chart, Ink } from "../view/chart.ts";
import { NONE } from "../view/format.ts";

/** Lines differ by more than their colour. */
export const DASHES: Readonly<Record<Ink, readonly number[]>> = {
  users: [],
  rate: [],
  p50: [],
  p90: [2, 3],
  p95: [8, 4],
  p99: [2, 3],
  failures: [5, 3],
};

const HEIGHT = 240;

interface PlotProps {
  readonly chart: Chart;
  readonly theme: Signal<unknown>;
  /** Charts with the same key move their cursors together. */
  readonly sync?: string;
  readonly onReady: (canvas: HTMLCanvasElement) => void;
}

export function Plot({ chart, theme, sync, onReady }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useSignal(0);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => width.value = Math.floor(entry?.contentRect.width ?? 0));
    if (box.current !== null) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const parent = box.current;
    if (parent === null || width.value === 0) return;
    const plot = new uPlot(optionsOf(chart, parent, width.value, sync), dataOf(chart), parent);
    onReady(plot.ctx.canvas);
    return () => plot.destroy();
  }, [chart, theme.value, width.value]);
  return <div class="plot" ref={box} />;
}

function dataOf(chart: Chart): uPlot.AlignedData {
  return [[...chart.x], ...chart.lines.map(({ values }) => [...values])];
}

function optionsOf(chart: Chart, parent: HTMLElement, width: number, sync: string | undefined): uPlot.Options {
  const color = (name: string) => resolveColor(parent, name);
  const axis = { stroke: color("axis"), grid: { stroke: color("grid"), width: 1 }, ticks: { show: false } };
  const font = `11px ${getComputedStyle(parent).fontFamily}`;
  const { xTicks } = chart;
  return {
    width,
    height: HEIGHT,
    padding: [8, 12, 0, 0],
    scales: { x: { time: false }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.08 : 1] } },
    axes: [
      {
        ...axis,
        font,
        size: 28,
        values: (_, values) => values.map(chart.formatX),
        ...(xTicks === undefined ? { incrs: [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400] } : {
          splits: () => [...xTicks],
        }),
      },
      { ...axis, font, size: 56, values: (_, values) => values.map(chart.formatY) },
    ],
    series: [
      { label: chart.xLabel, value: (_, x) => x === null ? NONE : chart.formatX(x) },
      ...chart.lines.map(({ label, ink }): uPlot.Series => ({
        label,
        stroke: color(ink),
        width: 1.75,
        dash: [...DASHES[ink]],
        spanGaps: false,
        points: { show: chart.x.length < 3, size: 6 },
        value: (_, y) => y === null ? NONE : `${chart.formatY(y)}${chart.unit === "" ? "" : ` ${chart.unit}`}`,
      })),
    ],
    cursor: { ...(sync === undefined ? {} : { sync: { key: sync } }), points: { size: 7 } },
    hooks: { drawClear: [(plot) => drawBands(plot, chart, color)] },
  };
}

function drawBands(plot: uPlot, chart: Chart, color: (name: string) => string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  // A downloaded picture has the ground of the page.
  ctx.fillStyle = color("ground");
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  for (const { from, to, label } of chart.bands) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right - left < 1) continue;
    ctx.fillStyle = color("band");
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    if (right - left < 60 * devicePixelRatio) continue;
    ctx.fillStyle = color("axis");
    ctx.font = `${10 * devicePixelRatio}px ${getComputedStyle(plot.root).fontFamily}`;
    ctx.fillText(label, left + 5 * devicePixelRatio, bbox.top + 13 * devicePixelRatio);
  }
  ctx.restore();
}

/** The colour of the class `ink-NAME`, as the browser computes it for the present theme. */
function resolveColor(parent: HTMLElement, name: string): string {
  const probe = document.createElement("i");
  probe.className = `ink-${name}`;
  parent.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
