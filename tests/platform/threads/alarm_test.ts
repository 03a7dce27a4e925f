import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openAlarm } from "../../../src/platform/threads/alarm.ts";
import { openThreadCpu } from "../../../src/platform/machine/thread_cpu.ts";
import { runtimeName } from "../../../src/platform/runtime.ts";

const cpu = openThreadCpu();
const isThere = runtimeName === "bun" && process.platform === "linux";

test(
  "openAlarm() rings once for each setting, not before its time, and the last setting counts",
  { skip: !isThere },
  async () => {
    let rings = 0;
    let next = Promise.withResolvers<void>();
    const alarm = openAlarm(() => {
      rings++;
      next.resolve();
    });
    assert.ok(alarm !== undefined);
    const startMs = performance.now();
    alarm.set(60_000);
    alarm.set(2.5);
    await next.promise;
    assert.ok(performance.now() - startMs >= 2.4);
    assert.equal(rings, 1);
    next = Promise.withResolvers<void>();
    alarm.set(5000);
    alarm.cancel();
    alarm.set(0);
    await next.promise;
    assert.equal(rings, 2);
    alarm.close();
  },
);

test("Alarm.set() rings not before its time where the thread watches the clock", { skip: !isThere }, async () => {
  let next = Promise.withResolvers<number>();
  const alarm = openAlarm(() => next.resolve(performance.now()));
  const sleptMs: number[] = [];
  for (let round = 0; round < 20; round++) {
    next = Promise.withResolvers<number>();
    const dueMs = performance.now() + 3;
    const beforeMs = cpu.ownMs();
    alarm?.set(3, 1);
    const lateMs = await next.promise - dueMs;
    assert.ok(lateMs >= 0, `${lateMs} ms`);
    sleptMs.push(3 + lateMs - (cpu.ownMs() - beforeMs));
  }
  alarm?.close();
  const median = sleptMs.sort((a, b) => a - b)[10] ?? 0;
  assert.ok(median > 1, `it slept for ${median} of 3 ms, and had to watch for 1 ms`);
});

test("openAlarm() has none outside of Bun on Linux", { skip: isThere }, () => {
  assert.equal(openAlarm(() => {}), undefined);
});
