import assert from "node:assert/strict";
import os from "node:os";
import process from "node:process";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { openThreadCpu } from "../../../src/platform/machine/thread_cpu.ts";
import { letRealTimePass, nextTurn } from "../../support/real_time.ts";

/** Bun's own. */
declare const Bun: { gc(force: boolean): void };

function computeFor(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test("ThreadCpu.ownMs() is the time that the thread computed, and not that in which it waited", async () => {
  const cpu = openThreadCpu();
  const beforeMs = cpu.ownMs();
  const startMs = process.cpuUsage();
  computeFor(100);
  const used = process.cpuUsage(startMs);
  const computedMs = cpu.ownMs() - beforeMs;
  assert.ok(computedMs > 0 && computedMs <= (used.user + used.system) / 1000 + 20, `${computedMs} ms`);
  const idleFromMs = cpu.ownMs();
  await letRealTimePass(100);
  assert.ok(cpu.ownMs() - idleFromMs < 60, `${cpu.ownMs() - idleFromMs} ms`);
});

test(
  "ThreadCpu.takeCollecting() grows with a collection, and not with computing",
  { skip: openLibc() === undefined || os.availableParallelism() < 2 ? "collections cannot be measured here" : false },
  async () => {
    const cpu = openThreadCpu();
    const kept: unknown[] = [];
    const collect = async () => {
      for (let i = 0; i < 300_000; i++) kept.push({ list: [i], text: `x${i}` });
      await nextTurn();
      Bun.gc(true);
    };
    await collect(); // helpers come with the first one
    for (let call = 0; call < 100; call++) cpu.takeCollecting(); // by now they are listed
    await collect();
    const collectedMs = cpu.takeCollecting().activeMs;
    assert.ok(collectedMs > 2, `${collectedMs} ms of a heap of ${kept.length} objects`);
    computeFor(200);
    const restMs = cpu.takeCollecting().activeMs;
    assert.ok(restMs < 100, `${restMs} ms in 200 ms of computing`);
  },
);
