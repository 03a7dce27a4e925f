import assert from "node:assert/strict";
import { test } from "node:test";
import { SendPace } from "../../../src/platform/linux/send_pace.ts";

const settled = (eachMs: number) => {
  const pace = new SendPace();
  for (let batch = 0; batch < 100; batch++) pace.eachMs(eachMs * 16, 16);
  return pace;
};

test("SendPace.eachMs() is the mean time of a send, whatever is usual on the machine", () => {
  for (const ms of [0.001, 0.004, 0.02, 0.2]) {
    assert.ok(Math.abs(settled(ms).eachMs(ms * 8, 8) - ms) < ms / 1e6, `${ms}`);
  }
});

test("SendPace.eachMs() takes a call whole that was longer than others, but not interrupted", () => {
  const pace = settled(0.004);
  for (const ms of [0.006, 0.01, 0.015]) assert.ok(Math.abs(pace.eachMs(ms * 16, 16) - ms) < 1e-9, `${ms}`);
});

test("SendPace.eachMs() does not spread the time that another process had over the sends", () => {
  const pace = settled(0.004);
  for (let interruption = 0; interruption < 3; interruption++) {
    assert.ok(pace.eachMs(100, 16) <= 0.004 * 1.25 + 1e-9, `${interruption}`);
  }
});

test("SendPace.eachMs() follows sends that become slower for good, within 100 batches", () => {
  const pace = settled(0.002);
  for (let batch = 0; batch < 100; batch++) pace.eachMs(0.05 * 16, 16);
  assert.ok(Math.abs(pace.eachMs(0.05 * 16, 16) - 0.05) < 1e-6);
});

test("SendPace.eachMs() is that of sends alone also where most calls are interrupted", () => {
  const pace = settled(0.004);
  for (let batch = 0; batch < 1000; batch++) {
    const each = pace.eachMs((batch % 20 === 0 ? 0.004 : 0.1) * 3, 3);
    assert.ok(each <= 0.004 * 1.25 + 1e-9, `${batch}: ${each}`);
  }
});
