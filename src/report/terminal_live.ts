/**
 * Paints the live view in place: over what it painted before, once per tick, and out of the way of log lines. Owns the lines
 * between the last thing that scrolled and the end of the screen, nothing above.
 */
import type { RunEvent, RunEventSink } from "../master/run_event.ts";
import type { Colors } from "./colors.ts";
import { displayWidth } from "./display_width.ts";
import { foldLiveRun, type LiveRun, NO_RUN } from "./live_run.ts";
import type { KeptWidths } from "./text_table.ts";
import { renderLiveView, type ViewSize } from "./terminal_view.ts";

export interface LiveViewOptions {
  readonly write: (text: string) => void;
  /** Asked for each painting, so that resizes are followed. */
  readonly size: () => ViewSize;
  readonly colors: Colors;
}

export interface LiveView {
  readonly sink: RunEventSink;
  /** Takes the view off the screen: call before a log line is written to the same terminal … */
  clear(): void;
  /** … and after it. Also for resizes. Does nothing before the first tick and after the end. */
  repaint(): void;
}

export function createLiveView(options: LiveViewOptions): LiveView {
  let run: LiveRun = NO_RUN;
  let painted: readonly string[] = [];
  let isOver = false;
  let kept: KeptWidths = new Map();

  /** Up to where the view began, counting what a narrower terminal has wrapped, and everything below gone. */
  const eraser = (columns: number): string => {
    if (painted.length === 0) return "";
    const height = painted.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0);
    return `\x1b[${height}A\r\x1b[J`;
  };

  const clear = () => {
    const erase = eraser(Math.max(1, options.size().columns));
    painted = [];
    if (erase !== "") options.write(erase);
  };

  const repaint = () => {
    if (isOver || run.snapshot === undefined) return;
    const given = options.size();
    const size = { columns: Math.max(1, given.columns), rows: Math.max(1, given.rows) };
    const erase = eraser(size.columns);
    painted = renderLiveView(run, size, options.colors, kept);
    // One write: a terminal that draws between two of them would flicker.
    options.write(erase + painted.map((line) => `${line}\n`).join(""));
  };

  const sink = (event: RunEvent) => {
    run = foldLiveRun(run, event);
    if (event.kind === "runStarted") [isOver, kept] = [false, new Map()];
    else if (event.kind === "runEnded") {
      clear();
      isOver = true;
    } else if (event.kind === "ticked" || event.kind === "stopping") repaint();
  };

  return { sink, clear, repaint };
}

function visibleWidth(line: string): number {
  // deno-lint-ignore no-control-regex -- the codes of colors.ts
  return displayWidth(line.replace(/\x1b\[\d+m/g, ""));
}
