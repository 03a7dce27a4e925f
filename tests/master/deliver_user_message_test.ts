import assert from "node:assert/strict";
import { test } from "node:test";
import {
  deliverUserMessage,
  type MessageSource,
  type UserMessageOutlets,
} from "../../src/master/deliver_user_message.ts";
import type { ControlUserMessage } from "../../src/protocol/user_message.ts";

const CONTROL: MessageSource = { kind: "control" };
const WORKER: MessageSource = { kind: "worker", id: "w1" };
const LINE = { kind: "log", level: "INFO", logger: "shop", message: "ordered" } as const;

/** One row per kind and source: the outlet that gets it, with what. */
const ROWS: readonly (readonly [ControlUserMessage, MessageSource, readonly unknown[]])[] = [
  [LINE, CONTROL, ["log", LINE, CONTROL]],
  [LINE, WORKER, ["log", LINE, WORKER]],
  [{ kind: "custom", type: "a", data: 1, workerId: "w2" }, CONTROL, ["customToWorkers", "a", 1, "w2"]],
  [{ kind: "custom", type: "a", data: 1 }, WORKER, ["customToControl", "a", 1, "w1"]],
  [{ kind: "report", data: { queue: 3 } }, WORKER, ["report", { queue: 3 }, "w1"]],
  [
    { kind: "ask", runId: "run-1", thread: 1, number: 3, question: { kind: "threadGone" } },
    WORKER,
    ["ask", "ask", 3, WORKER],
  ],
  [{ kind: "withdraw", runId: "run-1", thread: -1, number: 4 }, CONTROL, ["ask", "withdraw", 4, CONTROL]],
  [{ kind: "stopTest", message: "enough", failed: false }, WORKER, ["stop", { kind: "stopTest", message: "enough" }]],
  [{ kind: "stopTest", message: "broken", failed: true }, CONTROL, ["stop", { kind: "failed", problem: "broken" }]],
  [{ kind: "listenerFailed", event: "request", text: "it threw", times: 39 }, WORKER, ["listenerFailed", 39]],
  [{ kind: "quit" }, CONTROL, ["stop", { kind: "quit", message: "" }]],
  [{ kind: "start", users: 5, spawnRate: 2 }, CONTROL, ["changeUsers", 5, 2]],
];

test("deliverUserMessage() gives each kind of each source to one outlet", () => {
  for (const [message, source, expected] of ROWS) {
    const got: unknown[][] = [];
    const outlets: UserMessageOutlets = {
      log: (line, from) => void got.push(["log", line, from]),
      customToWorkers: ({ type, data, workerId }) => void got.push(["customToWorkers", type, data, workerId]),
      customToControl: ({ type, data }, workerId) => void got.push(["customToControl", type, data, workerId]),
      report: (data, workerId) => void got.push(["report", data, workerId]),
      ask: (asked, from) => void got.push(["ask", asked.kind, asked.number, from]),
      stop: (reason) => void got.push(["stop", reason]),
      listenerFailed: ({ times }) => void got.push(["listenerFailed", times]),
      changeUsers: (users, spawnRate) => void got.push(["changeUsers", users, spawnRate]),
    };
    deliverUserMessage(message, source, outlets);
    assert.deepEqual(got, [expected], JSON.stringify(message));
  }
});
