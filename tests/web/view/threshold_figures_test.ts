import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFigure } from "../../../src/stats/thresholds/describe_status.ts";
import { formatLimit, formatThresholdFigure } from "../../../web/view/threshold_figures.ts";

const CASES = [
  [56.9595, 60, "", "56.96", "60"],
  [56.9595, 60, "items", "56.96 items", "60 items"],
  [300.04, 300, "ms", "300.04 ms", "300 ms"],
  [999.94, 0.123456, "/s", "999.9/s", "0.123456/s"],
  [61_234_567, 50_000_000, "B", "61.23 MB", "50 MB"],
  [450, 500, "users", "450 users", "500 users"],
] as const;

for (const [measured, limit, unit, figure, ofLimit] of CASES) {
  test(`formatThresholdFigure() has the digits of the terminal: ${figure}`, () => {
    assert.equal(formatThresholdFigure({ measured, limit, unit }), figure);
    assert.equal(formatThresholdFigure({ measured, limit, unit }), formatFigure(measured, unit, limit));
    assert.equal(formatLimit({ limit, unit }), ofLimit);
  });
}

test("formatThresholdFigure() has the separators of the reader's locale, and a dash for nothing", () => {
  assert.equal(formatThresholdFigure({ measured: 12_345.6, limit: 1, unit: "ms" }), "12,345.6 ms");
  assert.equal(formatThresholdFigure({ measured: null, limit: 1, unit: "ms" }), "–");
});
