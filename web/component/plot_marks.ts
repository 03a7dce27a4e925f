/**
 * Draws what stands in a chart beside its lines: bands with their names, events as upright lines with a flag, limits as
 * level lines. Where there are both, the names of events have the first line and those of bands the second, so that no
 * text lies on another.
 */
import type uPlot from "uplot";
import type { Chart } from "../view/chart.ts";

export interface Pen {
  readonly color: (name: string) => string;
  /** Pixels of the canvas in a pixel of the page. */
  readonly px: number;
  readonly family: string;
}

type Canvas = Pick<uPlot, "ctx" | "bbox" | "valToPos">;

/** Baselines below the upper edge, in pixels of the page. */
const FIRST_LINE = 10;
const SECOND_LINE = 24;
const ONLY_LINE = 13;

export function drawBands(plot: Canvas, { bands, marks = [] }: Chart, { color, px, family }: Pen): void {
  const { ctx, bbox } = plot;
  const baseline = bbox.top + (marks.length > 0 ? SECOND_LINE : ONLY_LINE) * px;
  ctx.save();
  // A downloaded picture has the ground of the page.
  ctx.fillStyle = color("ground");
  ctx.fillRect(0, 0, ctx.canvas.width, ctx.canvas.height);
  ctx.font = `${10 * px}px ${family}`;
  for (const { from, to, label, isPlain } of bands) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right - left < 1) continue;
    ctx.fillStyle = color("band");
    if (isPlain !== true) ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.fillStyle = color("band-edge");
    if (left > bbox.left) ctx.fillRect(left, bbox.top, px, bbox.height);
    if (ctx.measureText(label).width + 8 * px > right - left) continue;
    ctx.fillStyle = color("axis");
    ctx.fillText(label, left + 5 * px, baseline);
  }
  ctx.restore();
}

/** Events as upright lines with a small flag, limits as level lines with their text. */
export function drawMarks(plot: Canvas, { marks = [], limits = [] }: Chart, { color, px, family }: Pen): void {
  if (marks.length === 0 && limits.length === 0) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.lineWidth = px;
  ctx.font = `${10 * px}px ${family}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  marks.forEach(({ x, label, isBad }, i) => {
    const at = Math.round(plot.valToPos(x, "x", true)) + px / 2;
    ctx.strokeStyle = ctx.fillStyle = color(isBad ? "failures" : "mark");
    ctx.setLineDash([2 * px, 3 * px]);
    ctx.globalAlpha = 0.55;
    drawLine(ctx, at, bbox.top, at, bbox.top + bbox.height);
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.moveTo(at - 4 * px, bbox.top);
    ctx.lineTo(at + 4 * px, bbox.top);
    ctx.lineTo(at, bbox.top + 6 * px);
    ctx.fill();
    const next = marks[i + 1];
    const end = bbox.left + bbox.width; // the next one may be beyond it
    const room = Math.min(end, next === undefined ? end : plot.valToPos(next.x, "x", true)) - at;
    // A label without room is not cut: the legend has it once the cursor is there.
    if (ctx.measureText(label).width + 12 * px <= room) ctx.fillText(label, at + 6 * px, bbox.top + FIRST_LINE * px);
  });
  for (const { y, label, isBroken } of limits) {
    const at = Math.round(plot.valToPos(y, "y", true)) + px / 2;
    if (at < bbox.top) continue;
    ctx.strokeStyle = ctx.fillStyle = color(isBroken ? "failures" : "limit");
    ctx.setLineDash([6 * px, 3 * px]);
    drawLine(ctx, bbox.left, at, bbox.left + bbox.width, at);
    const left = bbox.left + bbox.width - ctx.measureText(label).width - 8 * px;
    const baseline = at - bbox.top < 16 * px ? at + 12 * px : at - 4 * px;
    ctx.lineWidth = 3 * px;
    ctx.setLineDash([]);
    ctx.strokeStyle = color("ground");
    ctx.strokeText(label, left, baseline);
    ctx.lineWidth = px;
    ctx.fillText(label, left, baseline);
  }
  ctx.restore();
}

function drawLine(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
