import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openMachineClock } from "../../src/platform/machine_clock.ts";
import { runtimeName } from "../../src/platform/runtime.ts";

const isThere = runtimeName === "bun" && process.platform === "linux";

test("openMachineClock() differs from performance.now() by the same at any time", { skip: !isThere }, () => {
  const [a, b] = [openMachineClock(), openMachineClock()];
  assert.ok(a !== undefined && b !== undefined);
  const first = a.differenceMs();
  assert.ok(first > 0, "the machine was started before this process");
  assert.ok(Math.abs(b.differenceMs() - first) < 50);
});

test("openMachineClock() has none outside of Bun on Linux", { skip: isThere }, () => {
  assert.equal(openMachineClock(), undefined);
});
