import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { takeInitDuties } from "../../../src/cli/terminal/init_duties.ts";
import type { Zombie } from "../../../src/platform/machine/processes.ts";
import { FakeClock } from "../../support/fake_clock.ts";

function start(waits: "yes" | "no" = "yes") {
  const process = new EventEmitter();
  const clock = new FakeClock();
  const codes: number[] = [];
  const waited: number[] = [];
  let zombies: readonly Zombie[] = [];
  takeInitDuties({
    process,
    clock,
    exit: (code) => void codes.push(code),
    listZombies: () => zombies,
    waitFor: waits === "yes" ? (pid) => void waited.push(pid) : undefined,
  });
  const leave = (...ids: readonly string[]) => {
    zombies = ids.map((id) => ({ pid: Number(id.split("@")[0]), id }));
  };
  return { process, clock, codes, waited, leave };
}

test("takeInitDuties() ends the process on a signal that nothing listens to", () => {
  const { process, codes } = start();
  process.emit("SIGTERM");
  process.emit("SIGINT");
  assert.deepEqual(codes, [143, 130]);
});

test("takeInitDuties() leaves a signal to another listener", () => {
  const { process, codes } = start();
  process.on("SIGTERM", () => {});
  process.emit("SIGTERM");
  assert.deepEqual(codes, []);
});

test("takeInitDuties() waits for an orphan at the third sweep that finds it, and not for a child that is gone by then", async () => {
  const { clock, waited, leave } = start();
  leave("20@1", "30@1");
  await clock.advance(10_000);
  assert.deepEqual(waited, []);
  leave("20@1");
  await clock.advance(5_000);
  assert.deepEqual(waited, [20]);
});

test("takeInitDuties() counts a later process with the same pid anew", async () => {
  const { clock, waited, leave } = start();
  leave("20@1");
  await clock.advance(10_000);
  leave("20@2");
  await clock.advance(10_000);
  assert.deepEqual(waited, []);
  await clock.advance(5_000);
  assert.deepEqual(waited, [20]);
});

test("takeInitDuties() sweeps nothing where it cannot wait", async () => {
  const { clock, waited, leave } = start("no");
  leave("20@1");
  await clock.advance(60_000);
  assert.deepEqual(waited, []);
});
