import assert from "node:assert/strict";
import { test } from "node:test";
import type { ToMaster } from "../../src/protocol/worker_message.ts";
import { Outbox } from "../../src/worker/outbox.ts";

test("Outbox keeps what user code says without a link, in order and bounded, and nothing else", () => {
  const outbox = new Outbox();
  const sent: ToMaster[] = [];
  const link = { send: (message: ToMaster) => void sent.push(message) };
  outbox.send(undefined, { kind: "userMessage", message: { kind: "custom", type: "a", data: 1 } });
  outbox.send(undefined, { kind: "userMessage", message: { kind: "log", level: "INFO", logger: "x", message: "y" } });
  outbox.send(undefined, { kind: "userMessage", message: { kind: "stopTest", message: "enough", failed: false } });
  outbox.flush(link);
  outbox.send(link, { kind: "userMessage", message: { kind: "custom", type: "b", data: 2 } });
  outbox.flush(link);
  assert.deepEqual(sent.map((each) => each.kind === "userMessage" && each.message.kind), [
    "custom",
    "stopTest",
    "custom",
  ]);
  for (let index = 0; index < 5000; index++) {
    outbox.send(undefined, { kind: "userMessage", message: { kind: "custom", type: "c", data: index } });
  }
  sent.length = 0;
  outbox.flush(link);
  assert.equal(sent.length, 1000);
});
