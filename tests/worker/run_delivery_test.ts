import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToMaster } from "../../src/protocol/worker_message.ts";
import { RunDelivery } from "../../src/worker/run_delivery.ts";
import { deltaOf } from "../support/deltas.ts";
import { FakeClock } from "../support/fake_clock.ts";

const ONE = deltaOf([{ method: "GET", name: "/", ms: 5, bytes: 1, failure: undefined, intervalMs: 0 }]);

test("RunDelivery: what is due while a delta is on its way goes with its acknowledgement, not with the next report", async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const say = (message: ToMaster) =>
    void sent.push(message.kind === "stats" ? `${message.seq}: ${message.delta.entries[0]?.requests}` : message.kind);
  const delivery = new RunDelivery({ clock, send: say });
  delivery.begin("run");
  const second = async () => {
    await clock.advance(1000);
    delivery.add("run", ONE);
    delivery.report();
  };
  await second();
  await second(); // the master is late
  await second();
  assert.deepEqual(sent, ["1: 1"]);
  await clock.advance(100);
  delivery.acknowledge("run", 1);
  assert.deepEqual(sent, ["1: 1", "2: 2"]);
  delivery.acknowledge("run", 2);
  await second();
  assert.deepEqual(sent, ["1: 1", "2: 2", "3: 1"], "the next one comes in its own second");
});

test("RunDelivery: what may be the last delta of a run waits for an acknowledgement, and not for its interval", async () => {
  const clock = new FakeClock();
  const sent: number[] = [];
  const delivery = new RunDelivery({
    clock,
    send: (message) => void (message.kind === "stats" && sent.push(message.seq)),
  });
  delivery.begin("run");
  await clock.advance(1000);
  for (const pace of ["due", "now"] as const) {
    delivery.add("run", ONE);
    delivery.report(pace);
  }
  assert.deepEqual(sent, [1]);
  delivery.acknowledge("run", 1);
  assert.deepEqual(sent, [1, 2]);
  delivery.acknowledge("run", 2);
  await clock.advance(10);
  delivery.add("run", ONE);
  delivery.report("due");
  assert.deepEqual(sent, [1, 2]);
  delivery.report("now");
  assert.deepEqual(sent, [1, 2, 3]);
});

test("RunDelivery: what may be the last delta stays urgent when a heartbeat or another thread reports after it", async () => {
  const clock = new FakeClock();
  const sent: number[] = [];
  const delivery = new RunDelivery({
    clock,
    send: (message) => void (message.kind === "stats" && sent.push(message.seq)),
  });
  delivery.begin("run");
  await clock.advance(1000);
  for (const pace of ["due", "now", "due"] as const) {
    delivery.add("run", ONE);
    delivery.report(pace);
  }
  await clock.advance(100); // less than the interval of reports that are only due
  delivery.acknowledge("run", 1);
  assert.deepEqual(sent, [1, 2]);
});
