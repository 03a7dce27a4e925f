/** The bounded times behind the heat map. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { HeatHistory } from "../../../web/model/heat_history.ts";

test("HeatHistory stays bounded and loses no count", () => {
  const heat = new HeatHistory();
  for (let second = 0; second < 36_000; second++) {
    heat.add([{ second, seconds: 1, times: [[1000, 2], [second % 7 + 2000, 1]] }]);
  }
  const spans = heat.read();
  assert.ok(spans.length <= 480);
  assert.equal(spans.flatMap(({ times }) => times).reduce((sum, [, count]) => sum + count, 0), 3 * 36_000);
  assert.equal(heat.lastTick, 36_000);
});
