/** @jsxImportSource preact */
/** The latency heat map: time across, response time upwards, and the more requests the stronger the colour. */
import { useRef } from "preact/hooks";
import { downloadBlob, fileNameOf } from "../source/download.ts";
import { formatClock, formatMs } from "../view/format.ts";
import { HEAT_LEVELS, heatLevel, type HeatMap } from "../view/heat_map.ts";
import { Figure } from "./chart_figure.tsx";

const [WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [640, 240, 56, 12, 8, 28];
const TITLE = "Latency heat map";

export function HeatMapFigure({ map }: { readonly map: HeatMap | undefined }) {
  const drawing = useRef<SVGSVGElement>(null);
  if (map === undefined) {
    return (
      <Figure title={TITLE} unit="ms" data={{ head: ["Second"], rows: [] }}>
        <p class="empty">Nothing was measured.</p>
      </Figure>
    );
  }
  const head = ["Second", ...map.boundsMs.map((bound) => `≤ ${formatMs(bound)} ms`)];
  const rows = map.edges.slice(0, -1).map((second, column) => [second, ...map.counts.map((row) => row[column] ?? 0)]);
  const savePng = () => void (drawing.current !== null && paint(drawing.current));
  return (
    <Figure title={TITLE} unit="ms" data={{ head, rows }} savePng={savePng}>
      <ul class="legend" aria-label="Requests per cell, from few to many">
        <li>few</li>
        <li>
          <svg class="swatch-heat" viewBox={`0 0 ${HEAT_LEVELS * 14} 10`} aria-hidden="true">
            {levels().map((level) => (
              <rect
                class={`heat-${level}`}
                x={(level - 1) * 14}
                y="0"
                width="13"
                height="10"
              />
            ))}
          </svg>
        </li>
        <li>many requests</li>
      </ul>
      <svg ref={drawing} class="static-plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <Cells map={map} />
        <Axes map={map} />
      </svg>
    </Figure>
  );
}

/** One path for each strength of the colour: a cell costs a few characters. */
function Cells({ map }: { readonly map: HeatMap }) {
  const columns = map.edges.length - 1;
  const [w, h] = [(WIDTH - LEFT - RIGHT) / columns, (HEIGHT - TOP - BOTTOM) / map.boundsMs.length];
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

function Axes({ map: { boundsMs, edges } }: { readonly map: HeatMap }) {
  const h = (HEIGHT - TOP - BOTTOM) / boundsMs.length;
  const every = Math.max(1, Math.ceil(boundsMs.length / 8));
  const [from = 0, to = 1] = [edges[0], edges[edges.length - 1]];
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => ({ part, second: from + part * (to - from) }));
  return (
    <>
      {boundsMs.map((bound, r) =>
        r % every === 0 && (
          <text class="tick" x={LEFT - 8} y={HEIGHT - BOTTOM - (r + 1) * h + 4} text-anchor="end">
            {formatMs(bound)}
          </text>
        )
      )}
      {marks.map(({ part, second }) => (
        <text
          class="tick"
          x={LEFT + part * (WIDTH - LEFT - RIGHT)}
          y={HEIGHT - 8}
          text-anchor={part === 0 ? "start" : part === 1 ? "end" : "middle"}
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
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH * scale, HEIGHT * scale];
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(scale, scale);
  context.fillStyle = getComputedStyle(svg.closest(".card") ?? svg).backgroundColor;
  context.fillRect(0, 0, WIDTH, HEIGHT);
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
