import assert from "node:assert/strict";
import { test } from "node:test";
import { HandshakeQueue, type PendingConnection } from "../../src/link/handshake_queue.ts";
import { FakeClock } from "../support/fake_clock.ts";

function createBench() {
  const clock = new FakeClock();
  const room = new HandshakeQueue({
    clock,
    limits: { places: 2, waiting: 3, handshakeMs: 5000, crowdedMs: 1000 },
  });
  const log: string[] = [];
  const connections = new Map<string, PendingConnection>();
  return {
    clock,
    room,
    log,
    enter(...names: string[]) {
      for (const name of names) {
        const connection = { listen: () => log.push(`${name} listens`), dismiss: () => log.push(`${name} dismissed`) };
        connections.set(name, connection);
        room.enter(connection);
      }
    },
    leave: (name: string) => room.leave(connections.get(name) as PendingConnection),
  };
}

test("HandshakeQueue listens to as many as it has places; the next comes when one has left", () => {
  const { log, enter, leave, room } = createBench();
  enter("a", "b", "c");
  assert.deepEqual(log, ["a listens", "b listens"]);
  leave("a");
  assert.deepEqual(log.slice(2), ["c listens"]);
  assert.equal(room.size, 2);
});

test("HandshakeQueue dismisses who says nothing for the handshake time", async () => {
  const { log, enter, clock } = createBench();
  enter("a");
  await clock.advance(4999);
  assert.deepEqual(log, ["a listens"]);
  await clock.advance(1);
  assert.deepEqual(log, ["a listens", "a dismissed"]);
});

test("HandshakeQueue gives a place to who waits after a second, so that idle connections keep nobody out", async () => {
  const { log, enter, clock } = createBench();
  enter("idle1", "idle2", "worker");
  await clock.advance(1000);
  assert.deepEqual(log.slice(2), ["idle1 dismissed", "idle2 dismissed", "worker listens"]);
});

test("HandshakeQueue turns away who comes when the waiting room is full", () => {
  const { log, enter } = createBench();
  enter("a", "b", "c", "d", "e", "f");
  assert.deepEqual(log.slice(2), ["f dismissed"]);
});

test("HandshakeQueue forgets who leaves while waiting", async () => {
  const { log, enter, leave, clock, room } = createBench();
  enter("a", "b", "c");
  leave("c");
  leave("a");
  leave("b");
  await clock.advance(60_000);
  assert.deepEqual(log, ["a listens", "b listens"]);
  assert.equal(room.size, 0);
});

test("HandshakeQueue.close() dismisses everybody", () => {
  const { log, enter, room } = createBench();
  enter("a", "b", "c");
  room.close("closing");
  assert.deepEqual(log.slice(2), ["a dismissed", "b dismissed", "c dismissed"]);
});
