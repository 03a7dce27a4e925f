/** @jsxImportSource preact */
/** The latency heat map: time across, response time upwards, and the more requests the stronger the colour. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { downloadBlob, fileNameOf } from "../source/download.ts";
import { timeTicks } from "../view/chart.ts";
import { formatClock, formatMs, formatValue } from "../view/format.ts";
import { describeCell, HEAT_LEVELS, heatLevel, type HeatMap, labelledRows } from "../view/heat_map.ts";
import { Figure } from "./chart_figure.tsx";
import { useWidth } from "./use_width.ts";

const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [240, 56, 12, 8, 28];
/** Before it is known: in a page without a script. */
const USUAL_WIDTH = 640;
const TITLE = "Latency heat map";

export function HeatMapFigure({ map }: { readonly map: HeatMap | undefined }) {
  if (map !== undefined) return <MeasuredHeatMap map={map} />;
  return (
    <Figure title={TITLE} unit="ms" data={{ head: ["Second"], rows: [] }}>
      <p class="empty">Nothing was measured.</p>
    </Figure>
  );
}

function MeasuredHeatMap({ map }: { readonly map: HeatMap }) {
  const drawing = useRef<SVGSVGElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box) || USUAL_WIDTH;
  const pointed = useSignal("");
  const head = ["Second", ...map.boundsMs.map((bound) => `≤ ${formatMs(bound)} ms`)];
  const rows = map.edges.slice(0, -1).map((second, column) => [second, ...map.counts.map((row) => row[column] ?? 0)]);
  const savePng = () => void (drawing.current !== null && paint(drawing.current));
  const point = ({ offsetX, offsetY }: PointerEvent) => {
    const column = Math.floor((offsetX - LEFT) / (width - LEFT - RIGHT) * (map.edges.length - 1));
    const row = Math.floor((HEIGHT - BOTTOM - offsetY) / (HEIGHT - TOP - BOTTOM) * map.boundsMs.length);
    pointed.value = describeCell(map, row, column);
  };
  return (
    <Figure title={TITLE} unit="ms" data={{ head, rows }} savePng={savePng}>
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
        <svg ref={drawing} class="static-plot" viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
          <Cells map={map} width={width} />
          <Axes map={map} width={width} />
        </svg>
      </div>
    </Figure>
  );
}

interface DrawingProps {
  readonly map: HeatMap;
  /** Of the whole drawing. */
  readonly width: number;
}

/** One path for each strength of the colour: a cell costs a few characters. */
function Cells({ map, width }: DrawingProps) {
  const columns = map.edges.length - 1;
  const [w, h] = [(width - LEFT - RIGHT) / columns, (HEIGHT - TOP - BOTTOM) / map.boundsMs.length];
  const paths = levels().map(() => "");
  map.counts.forEach((row, r) =>
    row.forEach((count, c) => {
      const level = heatLevel(count, map.largest);
      if (level === 0) return;
      const [x, y] = [LEFT + c * w, HEIGHT - BOTTOM - (r + 1) * h];
      paths[level - 1] += `M${x.toFixed(1)} ${y.toFixed(1)}h${(w - Math.min(1, w / 4)).toFixed(1)}v${
        (h - 1).toFixed(1)
      }H${x.toFixed(1)}z`;
    })
  );
  return <>{paths.map((path, i) => path !== "" && <path class={`heat-${i + 1}`} d={path} />)}</>;
}

function Axes({ map: { boundsMs, edges }, width }: DrawingProps) {
  const h = (HEIGHT - TOP - BOTTOM) / boundsMs.length;
  const inner = width - LEFT - RIGHT;
  const [from = 0, to = 1] = [edges[0], edges[edges.length - 1]];
  return (
    <>
      {labelledRows(boundsMs).map((r) => (
        <text key={r} class="tick" x={LEFT - 8} y={HEIGHT - BOTTOM - (r + 1) * h + 4} text-anchor="end">
          {formatValue(Number((boundsMs[r] as number).toPrecision(3)))}
        </text>
      ))}
      {timeTicks(from, to, Math.max(2, Math.floor(inner / 70))).map((second) => (
        <text
          key={second}
          class="tick"
          x={LEFT + inner * (second - from) / Math.max(1, to - from)}
          y={HEIGHT - 8}
          text-anchor="middle"
        >
          {formatClock(second)}
        </text>
      ))}
    </>
  );
}

/** The same drawing on a canvas, twice as large, with the colours of the present theme. */
function paint(svg: SVGSVGElement): void {
  const scale = 2;
  const width = svg.viewBox.baseVal.width;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * scale, HEIGHT * scale];
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(svg.closest(".card") ?? svg).backgroundColor;
  context.fillRect(0, 0, width, HEIGHT);
  for (const path of svg.querySelectorAll("path")) {
    context.fillStyle = getComputedStyle(path).fill;
    context.fill(new Path2D(path.getAttribute("d") ?? ""));
  }
  for (const text of svg.querySelectorAll("text")) {
    const anchor = text.getAttribute("text-anchor");
    context.fillStyle = getComputedStyle(text).fill;
    context.font = `11px ${getComputedStyle(text).fontFamily}`;
    context.textAlign = anchor === "end" ? "right" : anchor === "middle" ? "center" : "left";
    context.fillText(text.textContent ?? "", Number(text.getAttribute("x")), Number(text.getAttribute("y")));
  }
  canvas.toBlob((blob) => blob !== null && downloadBlob(fileNameOf(TITLE, "png"), blob));
}

function levels(): number[] {
  return Array.from({ length: HEAT_LEVELS }, (_, i) => i + 1);
}
