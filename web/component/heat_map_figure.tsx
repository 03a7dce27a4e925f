/** @jsxImportSource preact */
/** The latency heat map: time across, response time upwards, and the more requests the stronger the colour. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { downloadBlob, fileNameOf } from "../source/download.ts";
import { timeTicks } from "../view/chart.ts";
import { formatClock, formatMs, formatValue } from "../view/format.ts";
import { describeCell, HEAT_LEVELS, heatLevel, type HeatMap, labelledRows } from "../view/heat_map.ts";
import { Figure, type FigureData } from "./chart_figure.tsx";
import { FRAME, PLOT_HEIGHT, PlotFrame, Stretched, XLabel, YLabel } from "./plot_frame.tsx";
import { useWidth } from "./use_width.ts";

/** Units of a cell, across and down. */
const CELL = 20;
/** Between cells: a few of its units, and never a large part of the plot. */
const gapOf = (cells: number) => Math.min(3, cells * CELL / 400);
/** The plot's width before it is known: in a page without a script. */
const USUAL_WIDTH = 572;
const TITLE = "Latency heat map";

export function HeatMapFigure({ map }: { readonly map: HeatMap | undefined }) {
  if (map !== undefined) return <MeasuredHeatMap map={map} />;
  return (
    <Figure title={TITLE} unit="ms" data={() => ({ head: ["Second"], rows: [] })}>
      <p class="empty">Nothing was measured.</p>
    </Figure>
  );
}

function MeasuredHeatMap({ map }: { readonly map: HeatMap }) {
  const drawing = useRef<SVGSVGElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const boxWidth = useWidth(box);
  const width = boxWidth === 0 ? USUAL_WIDTH : boxWidth - FRAME.left - FRAME.right;
  const pointed = useSignal("");
  const savePng = () => void (drawing.current !== null && paint(drawing.current));
  const point = ({ clientX, clientY }: PointerEvent) => {
    const at = box.current?.getBoundingClientRect();
    if (at === undefined) return;
    const column = Math.floor((clientX - at.left - FRAME.left) / width * (map.edges.length - 1));
    const row = Math.floor((1 - (clientY - at.top - FRAME.top) / PLOT_HEIGHT) * map.boundsMs.length);
    pointed.value = describeCell(map, row, column);
  };
  return (
    <Figure title={TITLE} unit="ms" data={() => tabulateHeat(map)} savePng={savePng}>
      <ul class="legend" aria-label="Requests per cell, from few to many">
        <li>few</li>
        <li>
          <svg class="swatch-heat" viewBox={`0 0 ${HEAT_LEVELS * 14} 10`} aria-hidden="true">
            {levels().map((level) => (
              <rect key={level} class={`heat-${level}`} x={(level - 1) * 14} y="0" width="13" height="10" />
            ))}
          </svg>
        </li>
        <li>many requests</li>
        {pointed.value !== "" && <li class="legend-at">{pointed.value}</li>}
      </ul>
      <div class="plot" ref={box} onPointerMove={point} onPointerLeave={() => pointed.value = ""}>
        <PlotFrame drawing={drawing}>
          <Cells map={map} />
          <Axes map={map} width={width} />
        </PlotFrame>
      </div>
    </Figure>
  );
}

function tabulateHeat({ boundsMs, edges, counts }: HeatMap): FigureData {
  return {
    head: ["Second", ...boundsMs.map((bound) => `≤ ${formatMs(bound)} ms`)],
    rows: edges.slice(0, -1).map((second, column) => [second, ...counts.map((row) => row[column] ?? 0)]),
  };
}

/** One path for each strength of the colour: a cell costs a few characters. */
function Cells({ map }: { readonly map: HeatMap }) {
  const [columns, rows] = [map.edges.length - 1, map.boundsMs.length];
  const [w, h] = [CELL - gapOf(columns), CELL - gapOf(rows * 4)].map((size) => Number(size.toFixed(2)));
  const paths = levels().map(() => "");
  map.counts.forEach((row, r) =>
    row.forEach((count, c) => {
      const level = heatLevel(count, map.largest);
      if (level === 0) return;
      paths[level - 1] += `M${c * CELL} ${(rows - r - 1) * CELL}h${w}v${h}H${c * CELL}z`;
    })
  );
  return (
    <Stretched width={columns * CELL} height={rows * CELL}>
      {paths.map((path, i) => path !== "" && <path key={i} class={`heat-${i + 1}`} d={path} />)}
    </Stretched>
  );
}

function Axes({ map: { boundsMs, edges }, width }: { readonly map: HeatMap; readonly width: number }) {
  const height = PLOT_HEIGHT / boundsMs.length;
  const [from = 0, to = 1] = [edges[0], edges[edges.length - 1]];
  return (
    <>
      {labelledRows(boundsMs).map((r) => (
        <YLabel
          key={r}
          y={PLOT_HEIGHT - (r + 1) * height}
          text={formatValue(Number((boundsMs[r] as number).toPrecision(3)))}
        />
      ))}
      {timeTicks(from, to, Math.max(2, Math.floor(width / 70))).map((second) => (
        <XLabel key={second} at={(second - from) / Math.max(1, to - from)} text={formatClock(second)} />
      ))}
    </>
  );
}

/** The same drawing on a canvas, twice as large, with the colours of the present theme. */
function paint(svg: SVGSVGElement): void {
  const scale = 2;
  const place = svg.getBoundingClientRect();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [place.width * scale, place.height * scale];
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(svg.closest(".card") ?? svg).backgroundColor;
  context.fillRect(0, 0, place.width, place.height);
  for (const path of svg.querySelectorAll("path")) {
    const { a, d, e, f } = path.getScreenCTM() ?? new DOMMatrix();
    context.save();
    context.transform(a, 0, 0, d, e - place.left, f - place.top);
    context.fillStyle = getComputedStyle(path).fill;
    context.fill(new Path2D(path.getAttribute("d") ?? ""));
    context.restore();
  }
  for (const text of svg.querySelectorAll("text")) {
    const at = text.getBoundingClientRect();
    context.fillStyle = getComputedStyle(text).fill;
    context.font = `11px ${getComputedStyle(text).fontFamily}`;
    context.textBaseline = "middle";
    context.fillText(text.textContent ?? "", at.left - place.left, at.top + at.height / 2 - place.top);
  }
  canvas.toBlob((blob) => blob !== null && downloadBlob(fileNameOf(TITLE, "png"), blob));
}

function levels(): number[] {
  return Array.from({ length: HEAT_LEVELS }, (_, i) => i + 1);
}
