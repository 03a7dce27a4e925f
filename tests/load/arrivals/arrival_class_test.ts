import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { classOfArrival } from "../../../src/load/arrivals/arrival_class.ts";

test("classOfArrival() keeps the weights, also among the arrivals of one thread of many", () => {
  const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 5 });
  fc.assert(fc.property(weights, fc.integer({ min: 1, max: 12 }), fc.nat({ max: 11 }), (list, of, slot) => {
    const classes = list.map((weight, i) => ({ name: `C${i}`, weight }));
    const total = list.reduce((sum, weight) => sum + weight, 0);
    const counts = new Map<string, number>();
    const arrivals = 4000;
    for (let i = 0; i < arrivals; i++) {
      const name = classOfArrival(classes, slot % of + i * of);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const { name, weight } of classes) {
      const share = (counts.get(name) ?? 0) / arrivals;
      assert.ok(Math.abs(share - weight / total) < 0.02, `${name} has ${share} and not ${weight / total}`);
    }
  }));
});
