import assert from "node:assert/strict";
import { test } from "node:test";
import { UserSeconds } from "../../../src/stats/verdict/user_seconds.ts";

test("UserSeconds counts by the times between changes, whatever their number, and begins anew with the users that are there", () => {
  const [seldom, often] = [new UserSeconds(), new UserSeconds()];
  seldom.change({ A: 10, B: 1 }, 5000);
  for (let ms = 5000; ms <= 8000; ms += 100) often.change({ A: 10, B: 1 }, ms);
  for (const each of [seldom, often]) {
    each.change({ A: 4 }, 8000);
    each.change({}, 8500);
    const rounded = Object.entries(each.read()).map(([name, seconds]) => [name, Number(seconds.toFixed(6))]);
    assert.deepEqual(Object.fromEntries(rounded), { A: 32, B: 3 });
  }
  seldom.change({ A: 5 }, 9000);
  seldom.reset(9500);
  seldom.change({}, 10_000);
  assert.deepEqual(seldom.read(), { A: 2.5 });
});
