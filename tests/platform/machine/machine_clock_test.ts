import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openMachineClock, ownTimeOf, readingAt } from "../../../src/platform/machine/machine_clock.ts";
import { runtimeName } from "../../../src/platform/runtime.ts";

const isThere = runtimeName === "bun" && process.platform === "linux";

test("openMachineClock() differs from performance.now() by the same at any time", { skip: !isThere }, () => {
  const [a, b] = [openMachineClock(), openMachineClock()];
  assert.ok(a !== undefined && b !== undefined);
  const first = a.differenceMs();
  assert.ok(first > 0, "the machine was started before this process");
  assert.ok(Math.abs(b.differenceMs() - first) < 50);
  assert.equal(a.id, b.id);
});

test("openMachineClock() has none outside of Bun on Linux", { skip: isThere }, () => {
  assert.equal(openMachineClock(), undefined);
});

test("ownTimeOf() gives back the time of a reading of the same clock", () => {
  const [here, there] = [{ id: "m", differenceMs: () => 5000 }, { id: "m", differenceMs: () => 4000 }];
  const { reading } = readingAt(here, 10);
  assert.deepEqual(reading, { clock: "m", atMs: 5010 });
  assert.equal(ownTimeOf(there, reading), 1010);
  assert.equal(ownTimeOf({ ...there, id: "other" }, reading), undefined);
  assert.equal(ownTimeOf(undefined, reading), undefined);
  assert.deepEqual(readingAt(undefined, 10), {});
});
