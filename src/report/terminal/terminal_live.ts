/**
 * Paints the live view in place, over its last painting, once per tick; makes room for log lines. Owns the lines
 * between the last one that scrolled and the end of the screen, and none above.
 */
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import type { Colors } from "../tables/colors.ts";
import { displayWidth } from "../../base/text/display_width.ts";
import { foldLiveRun, type LiveRun, NO_RUN } from "./live_run.ts";
import type { KeptWidths } from "../tables/text_table.ts";
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

  /** Lines that the painted view takes, with what a terminal that has become narrower has wrapped. */
  const paintedHeight = (columns: number): number =>
    painted.reduce((sum, line) => sum + Math.max(1, Math.ceil(visibleWidth(line) / columns)), 0);

  const clear = () => {
    const height = paintedHeight(Math.max(1, options.size().columns));
    painted = [];
    if (height > 0) options.write(`${up(height)}${`${ERASE_REST}\n`.repeat(height)}${up(height)}`);
  };

  const repaint = () => {
    if (isOver || run.snapshot === undefined) return;
    const given = options.size();
    const size = { columns: Math.max(1, given.columns), rows: Math.max(1, given.rows) };
    const height = paintedHeight(size.columns);
    painted = renderLiveView(run, size, options.colors, kept);
    const surplus = height - painted.length;
    // One write: a terminal that draws between two of them would flicker.
    options.write(
      (height > 0 ? up(height) : "") + painted.map((line) => `${ERASE_REST}${line}\n`).join("") +
        (surplus > 0 ? `${`${ERASE_REST}\n`.repeat(surplus)}${up(surplus)}` : ""),
    );
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

/**
 * From the cursor to the end of its line. Never to the end of the screen: terminals that find the whole screen erased
 * keep what was on it in their scrollback, one frame a second.
 */
const ERASE_REST = "\x1b[K";

function up(lines: number): string {
  return `\x1b[${lines}A\r`;
}

function visibleWidth(line: string): number {
  // deno-lint-ignore no-control-regex -- the codes of colors.ts
  return displayWidth(line.replace(/\x1b\[\d+m/g, ""));
}
