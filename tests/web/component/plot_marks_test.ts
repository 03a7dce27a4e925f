import assert from "node:assert/strict";
import { test } from "node:test";
import { drawBands, drawMarks, type Pen } from "../../../web/component/plot_marks.ts";
import type { Chart, ChartMark } from "../../../web/view/chart.ts";

const LETTER = 6;
const HEIGHT = 10;
const PEN: Pen = { color: (name) => name, px: 1, family: "sans" };

/** A canvas of 600 by 200 over 60 seconds that remembers where it was written to. */
function drawTexts(chart: Pick<Chart, "bands" | "marks">) {
  const texts: { readonly text: string; readonly left: number; readonly baseline: number }[] = [];
  const ctx = new Proxy({ canvas: { width: 600, height: 200 } } as Record<string, unknown>, {
    get: (has, name) => {
      if (name === "fillText") {
        return (text: string, left: number, baseline: number) => texts.push({ text, left, baseline });
      }
      if (name === "measureText") return (text: string) => ({ width: text.length * LETTER });
      return has[name as string] ?? (() => {});
    },
  });
  const plot = { ctx, bbox: { left: 0, top: 0, width: 600, height: 200 }, valToPos: (x: number) => x * 10 };
  drawBands(plot as never, chart as Chart, PEN);
  drawMarks(plot as never, chart as Chart, PEN);
  return texts;
}

const BANDS = [
  { from: 0, to: 20, label: "Ramp" },
  { from: 20, to: 40, label: "Steady", isPlain: true },
  { from: 40, to: 60, label: "Cool-down" },
] as const;

function mark(x: number, label: string): ChartMark {
  return { x, label, isBad: false };
}

test("drawMarks() and drawBands() write no text upon another, where events and bands begin together", () => {
  const marks = [mark(0, "browse begins"), mark(20, "gifts is over"), mark(40.5, "audit begins")];
  const texts = drawTexts({ bands: BANDS, marks });
  assert.deepEqual(
    texts.map(({ text }) => text),
    ["Ramp", "Steady", "Cool-down", "browse begins", "gifts is over", "audit begins"],
  );
  for (const [i, a] of texts.entries()) {
    for (const b of texts.slice(i + 1)) {
      const isBeside = a.left + a.text.length * LETTER <= b.left || b.left + b.text.length * LETTER <= a.left;
      assert.ok(isBeside || Math.abs(a.baseline - b.baseline) >= HEIGHT, `${a.text} and ${b.text}`);
    }
  }
});

test("drawBands() writes names at the upper edge where there are no events", () => {
  assert.deepEqual([...new Set(drawTexts({ bands: BANDS }).map(({ baseline }) => baseline))], [13]);
});
