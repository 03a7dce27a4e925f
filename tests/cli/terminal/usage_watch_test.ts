import assert from "node:assert/strict";
import { test } from "node:test";
import { watchUsage } from "../../../src/cli/terminal/usage_watch.ts";
import { FakeClock } from "../../support/fake_clock.ts";

test("watchUsage() tells usageMonitor every 10 s, cpuWarning above 90 %, and nothing once disposed", async () => {
  const clock = new FakeClock();
  const readings = [50, 95, 20];
  const told: string[] = [];
  const watch = watchUsage({
    clock,
    meter: { read: () => ({ cpuPercent: readings.shift() ?? 0, machineCpuPercent: 0, rssBytes: 7 }) },
    tell: (event, fields) => void told.push(`${event} ${JSON.stringify(fields)}`),
  });
  await clock.advance(29_999);
  assert.deepEqual(told, [
    'usageMonitor {"cpuUsage":50,"memoryUsage":7}',
    'usageMonitor {"cpuUsage":95,"memoryUsage":7}',
    'cpuWarning {"cpuUsage":95}',
  ]);
  watch[Symbol.dispose]();
  assert.equal(clock.pendingTimers, 0);
});
