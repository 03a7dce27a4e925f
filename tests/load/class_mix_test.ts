import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ClassMix, ClassSequence, type MixedClass } from "../../src/load/class_mix.ts";

function mixOf(weights: Record<string, number>, fixed: Record<string, number> = {}): MixedClass[] {
  const names = new Set([...Object.keys(weights), ...Object.keys(fixed)]);
  return [...names].map((name) => ({ name, weight: weights[name] ?? 1, fixedCount: fixed[name] ?? 0 }));
}

/** The classes of the changes, removals with a minus. */
function told(changes: readonly { readonly name: string; readonly change: 1 | -1 }[]): string {
  return changes.map(({ name, change }) => change === 1 ? name : `-${name}`).join("");
}

const VECTORS: [weights: Record<string, number>, sequence: string][] = [
  [{ A: 1, B: 1, C: 1 }, "ABCABCABCABCABCABCABCABC"],
  [{ A: 3, B: 2, C: 1 }, "ABCABAABCABAABCABAABCABA"],
  [{ A: 7, B: 1 }, "AAABAAAAAAABAAAAAAABAAAA"],
  [{ A: 0.5, B: 1.5 }, "BABBBABBBABBBABBBABBBABB"],
  [{ B: 10, M: 4, T: 1 }, "BMBBBMTBBMBBBMBBMBBBMBTB"],
];

for (const [weights, sequence] of VECTORS) {
  test(`ClassMix.resize() starts the classes of Locust's sequence: ${JSON.stringify(weights)}`, () => {
    assert.equal(told(new ClassMix(mixOf(weights)).resize(24)), sequence);
  });
}

test("ClassMix: 45 users at 20:25 are 20 and 25", () => {
  const mix = new ClassMix(mixOf({ A: 20, B: 25 }));
  mix.resize(45);
  assert.deepEqual(mix.counts(), { A: 20, B: 25 });
});

const weights = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });

function named(list: readonly number[]): MixedClass[] {
  return list.map((weight, i) => ({ name: `C${i}`, weight, fixedCount: 0 }));
}

test("ClassMix: counts are exact at every multiple of the weights' sum", () => {
  fc.assert(fc.property(weights, fc.integer({ min: 1, max: 3 }), (list, times) => {
    const mix = new ClassMix(named(list));
    mix.resize(list.reduce((sum, weight) => sum + weight, 0) * times);
    assert.deepEqual(Object.values(mix.counts()), list.map((weight) => weight * times));
  }));
});

test("ClassMix: counts are within one user of the exact ratio at every moment", () => {
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 200 }), (list, total) => {
      const mix = new ClassMix(named(list));
      const sum = list.reduce((a, b) => a + b, 0);
      for (let users = 1; users <= total; users++) {
        mix.resize(users);
        const counts = mix.counts();
        list.forEach((weight, i) => {
          const exact = (users * weight) / sum;
          assert.ok(Math.abs((counts[`C${i}`] ?? 0) - exact) < 1 + list.length / 4, `${counts[`C${i}`]} for ${exact}`);
        });
      }
    }),
    { numRuns: 40 },
  );
});

test("ClassMix.resize(): any way up and down to a total gives the counts of the direct way", () => {
  fc.assert(fc.property(weights, fc.array(fc.nat(100), { minLength: 1, maxLength: 8 }), (list, totals) => {
    const wandering = new ClassMix(named(list));
    for (const total of totals) wandering.resize(total);
    const direct = new ClassMix(named(list));
    direct.resize(totals.at(-1) ?? 0);
    assert.deepEqual(wandering.counts(), direct.counts());
  }));
});

test("ClassMix.resize() takes users away in reverse order of their start", () => {
  const mix = new ClassMix(mixOf({ A: 3, B: 2, C: 1 }));
  const grown = told(mix.resize(9));
  assert.equal(told(mix.resize(0)), [...grown].reverse().map((name) => `-${name}`).join(""));
  assert.equal(mix.size, 0);
});

test("ClassMix.resize() to the present total changes nothing", () => {
  const mix = new ClassMix(mixOf({ A: 1, B: 1 }));
  mix.resize(5);
  assert.deepEqual(mix.resize(5), []);
});

test("ClassMix starts classes of a fixed count first, interleaved, then the weighted ones", () => {
  const mix = new ClassMix(mixOf({ A: 1, B: 1 }, { F: 2, G: 1 }));
  assert.equal(told(mix.resize(7)), "FGFABAB");
});

test("ClassMix fills up missing fixed users before others when it grows again", () => {
  const mix = new ClassMix(mixOf({ A: 1 }, { F: 2 }));
  mix.resize(4);
  mix.resize(1);
  assert.equal(told(mix.resize(4)), "FAA");
});

test("ClassMix of fixed classes alone ends below the total", () => {
  const mix = new ClassMix(mixOf({}, { F: 2 }));
  assert.equal(told(mix.resize(10)), "FF");
  assert.equal(mix.size, 2);
});

test("ClassMix.resize() with `only` starts users of those classes alone and keeps the others", () => {
  const mix = new ClassMix(mixOf({ A: 1, B: 1, C: 1 }));
  mix.resize(3);
  assert.equal(told(mix.resize(7, ["B", "C"])), "BCBC");
  assert.deepEqual(mix.counts(), { A: 1, B: 3, C: 3 });
  assert.equal(told(mix.resize(9)), "BC", "the choice goes on without being named again");
  assert.equal(told(mix.resize(10, ["A", "B", "C"])), "A", "all classes: a sequence of its own");
});

test("ClassMix without classes never grows", () => {
  const mix = new ClassMix([]);
  assert.deepEqual(mix.resize(5), []);
});

test("ClassSequence.takeBack() of a class that never came does nothing", () => {
  const sequence = new ClassSequence([{ name: "A", weight: 1 }]);
  sequence.takeBack("A");
  sequence.takeBack("B");
  assert.equal(sequence.next(), "A");
});
