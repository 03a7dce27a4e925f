/** @jsxImportSource preact */
/** A chart as a canvas with cursor and zoom: the only place that knows uPlot. Times share one cursor. */
import type { Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import type { Chart, Ink } from "../view/chart.ts";
import { drawBands, drawMarks, type Pen } from "./plot_marks.ts";
import { useWidth } from "./use_width.ts";

/** Lines differ by more than their colour. */
const DASHES: Readonly<Record<Ink, readonly number[]>> = {
  users: [],
  rate: [],
  p50: [],
  p90: [2, 3],
  p95: [8, 4],
  p99: [2, 3],
  failures: [5, 3],
  earlier: [1, 3],
};

/** A drawing and the chart that it shows at present: a run in progress replaces the chart, not the drawing. */
interface Drawn {
  chart: Chart;
  plot: uPlot | undefined;
}

interface PlotProps {
  readonly chart: Chart;
  readonly theme: Signal<unknown>;
  /** Charts with the same key move their cursors together. */
  readonly sync?: string;
  /** In CSS pixels. */
  readonly height: number;
  readonly yScale?: "linear" | "log";
  /** Index of the point under the cursor, for others to show its values. */
  readonly cursor: Signal<number | undefined>;
  readonly onReady: (canvas: HTMLCanvasElement) => void;
}

export function Plot({ chart, theme, sync, height, yScale = "linear", cursor, onReady }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const drawn = useRef<Drawn | undefined>(undefined);
  const shape = chart.lines.map(({ label }) => label).join("\n");
  useEffect(() => {
    const parent = box.current;
    if (parent === null || width === 0) return;
    const current: Drawn = { chart, plot: undefined };
    current.plot = new uPlot(
      optionsOf(current, parent, { width, height, sync, yScale, cursor }),
      dataOf(chart),
      parent,
    );
    drawn.current = current;
    onReady(current.plot.ctx.canvas);
    return () => {
      drawn.current = undefined;
      cursor.value = undefined;
      current.plot?.destroy();
    };
  }, [shape, theme.value, width, yScale]);
  useEffect(() => {
    const current = drawn.current;
    if (current === undefined || current.chart === chart) return;
    current.chart = chart;
    if (current.plot !== undefined) showData(current.plot, dataOf(chart));
  }, [chart]);
  return <div class="plot" ref={box} />;
}

/** A reader who has zoomed in keeps the part that they look at; else the axis grows with the data. */
export function showData(plot: Pick<uPlot, "scales" | "data" | "setData" | "redraw">, data: uPlot.AlignedData): void {
  const isHeld = isZoomed(plot); // not afterwards: a new scale is there only when this turn is over, and `redraw` would undo it
  plot.setData(data, !isHeld);
  if (isHeld) plot.redraw();
}

function isZoomed({ scales, data }: Pick<uPlot, "scales" | "data">): boolean {
  const [x] = data;
  const { min, max } = scales["x"] ?? {};
  if (min === undefined || max === undefined || min === null || max === null || x.length < 2) return false;
  return min > (x[0] as number) || max < (x[x.length - 1] as number);
}

/** The arrays of the chart themselves: uPlot only reads them, and a chart that changes is another one. */
function dataOf({ x, lines }: Chart): uPlot.AlignedData {
  return [x, ...lines.map(({ values }) => values)] as unknown as uPlot.AlignedData;
}

interface PlotSetting extends Required<Pick<PlotProps, "height" | "yScale" | "cursor">> {
  readonly width: number;
  readonly sync: string | undefined;
}

function optionsOf(drawn: Drawn, parent: HTMLElement, setting: PlotSetting): uPlot.Options {
  const { width, height, sync, yScale, cursor } = setting;
  const { chart } = drawn;
  const color = (name: string) => resolveColor(parent, name);
  const axis = { stroke: color("axis"), grid: { stroke: color("grid"), width: 1 }, ticks: { show: false } };
  const font = `11px ${getComputedStyle(parent).fontFamily}`;
  const { xTicks } = chart;
  return {
    width,
    height,
    padding: [8, rightOf(chart), 0, 0],
    legend: { show: false },
    scales: { x: { time: false }, y: yScale === "log" ? LOG_SCALE : linearScale(drawn) },
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
      {
        ...axis,
        font,
        size: (_, labels) => widthOf(labels),
        values: (_, values) => values.map((y) => y === null ? "" : chart.formatY(y)),
      },
    ],
    series: [
      {},
      ...chart.lines.map(({ label, ink }): uPlot.Series => ({
        label,
        stroke: color(ink),
        width: 1.75,
        dash: [...DASHES[ink]],
        spanGaps: false,
        points: { show: (plot) => plot.data[0].length < 3, size: 6 },
      })),
    ],
    cursor: { ...(sync === undefined ? {} : { sync: { key: sync } }), y: false, points: { size: 7 } },
    hooks: {
      setCursor: [(plot) => cursor.value = plot.cursor.idx ?? undefined],
      drawClear: [(plot) => drawBands(plot, drawn.chart, penOf(plot, color))],
      draw: [(plot) => drawMarks(plot, drawn.chart, penOf(plot, color))],
    },
  };
}

/** The usual room for the labels of the y axis, or more where they are long: `1,000,000`. A digit has about 6.5 pixels. */
export function widthOf(labels: readonly (string | null)[] | null): number {
  const longest = Math.max(0, ...(labels ?? []).map((label) => label?.length ?? 0));
  return Math.max(56, Math.ceil(longest * 6.5) + 14);
}

/** Room for the half of the last label that stands outside. */
function rightOf({ xTicks, x }: Chart): number {
  return xTicks !== undefined || (x[x.length - 1] ?? 0) >= 3600 ? 26 : 16;
}

function linearScale(drawn: Drawn): uPlot.Scale {
  return { range: (_, min, max) => [Math.min(0, min ?? 0) * 1.08, topOf(max ?? 0, drawn.chart)] };
}

/** From the power of ten below the smallest value to the one above the largest. */
const LOG_SCALE: uPlot.Scale = {
  distr: 3,
  range: (_, min, max) => {
    const low = min === null || !(min > 0) ? 0.1 : 10 ** Math.floor(Math.log10(min));
    return [low, Math.max(low * 10, 10 ** Math.ceil(Math.log10(Math.max(max ?? 1, low))))];
  },
};

/** A limit that is not far above the lines is in the picture, and the names of bands stand above the lines. */
function topOf(max: number, { limits = [], bands, marks = [] }: Chart): number {
  const near = limits.map(({ y }) => y).filter((y) => y <= max * 2);
  const top = Math.max(max, ...near);
  const room = bands.length === 0 ? 1.08 : marks.length === 0 ? 1.16 : 1.24;
  return top > 0 ? top * room : 1;
}

function penOf(plot: uPlot, color: Pen["color"]): Pen {
  return { color, px: devicePixelRatio, family: getComputedStyle(plot.root).fontFamily };
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
