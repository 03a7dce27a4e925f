import assert from "node:assert/strict";
import { test } from "node:test";
import { showData, widthOf } from "../../../web/component/plot.tsx";

/** As uPlot: a new scale is there when the turn is over, and what was asked for last counts. */
class FakePlot {
  data: number[][];
  scales: Record<string, { min: number; max: number }>;
  #next: { min: number; max: number } | undefined;

  constructor(x: number[]) {
    this.data = [x];
    this.scales = { x: { min: x[0] as number, max: x.at(-1) as number } };
  }

  setData(data: unknown, resetScales?: boolean) {
    this.data = data as number[][];
    const [x = []] = this.data;
    if (resetScales !== false) this.#next = { min: x[0] as number, max: x.at(-1) as number };
  }

  redraw() {
    this.#next = { ...this.scales["x"] as { min: number; max: number } };
  }

  zoom(min: number, max: number) {
    this.scales["x"] = { min, max };
  }

  turnOver() {
    if (this.#next !== undefined) this.scales["x"] = this.#next;
    this.#next = undefined;
  }
}

const show = (plot: FakePlot, last: number) => {
  showData(plot as never, [Array.from({ length: last + 1 }, (_, i) => i)] as never);
  plot.turnOver();
  return plot.scales["x"]?.max;
};

test("showData() lets the axis grow with each second of a run", () => {
  const plot = new FakePlot([0, 1, 2]);
  assert.deepEqual([3, 4, 5, 60].map((last) => show(plot, last)), [3, 4, 5, 60]);
});

test("showData() leaves the part that a reader has zoomed into", () => {
  const plot = new FakePlot([0, 1, 2, 3, 4]);
  plot.zoom(1, 3);
  assert.deepEqual([5, 6].map((last) => show(plot, last)), [3, 3]);
  plot.zoom(0, 6);
  assert.equal(show(plot, 7), 7);
});

test("widthOf() has room for the usual labels of the y axis, and more for long ones", () => {
  assert.equal(widthOf(null), 56);
  assert.equal(widthOf(["0", "12,500", null]), 56);
  assert.ok(widthOf(["0", "3,000,000"]) > 70);
});
