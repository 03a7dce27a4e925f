import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openAlarm } from "../../src/platform/alarm.ts";
import { runtimeName } from "../../src/platform/runtime.ts";

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

test("openAlarm() has none outside of Bun on Linux", { skip: isThere }, () => {
  assert.equal(openAlarm(() => {}), undefined);
});
