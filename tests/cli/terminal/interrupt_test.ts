import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { listenForInterrupt } from "../../../src/cli/terminal/interrupt.ts";

function listening() {
  const source = new EventEmitter();
  const clock = { ms: 0 };
  const interrupt = listenForInterrupt(source, () => clock.ms);
  const send = (signal: string, atMs: number) => {
    clock.ms = atMs;
    source.emit(signal);
  };
  return { source, interrupt, send };
}

describe("listenForInterrupt()", () => {
  test("the first signal asks to drain, the second to leave", () => {
    const { interrupt, send } = listening();
    assert.deepEqual([interrupt.drain.aborted, interrupt.signal], [false, undefined]);
    send("SIGINT", 0);
    assert.deepEqual([interrupt.drain.aborted, interrupt.leave.aborted, interrupt.signal], [true, false, "SIGINT"]);
    assert.equal(interrupt.drain.reason, "SIGINT");
    send("SIGINT", 300);
    assert.equal(interrupt.leave.aborted, true);
  });
  test("SIGTERM counts the same, and the latest one is named", () => {
    const { interrupt, send } = listening();
    send("SIGINT", 0);
    send("SIGTERM", 1);
    assert.deepEqual([interrupt.leave.aborted, interrupt.leave.reason, interrupt.signal], [true, "SIGTERM", "SIGTERM"]);
  });
  test("one key press that arrives twice is one signal", () => {
    const { interrupt, send } = listening();
    send("SIGINT", 0);
    send("SIGINT", 3);
    send("SIGINT", 20);
    assert.equal(interrupt.leave.aborted, false);
    send("SIGINT", 200);
    assert.equal(interrupt.leave.aborted, true);
  });
  test("the end of a terminal asks to drain, and is never the second signal", () => {
    const closed = listening();
    closed.send("SIGHUP", 0);
    assert.deepEqual([closed.interrupt.drain.reason, closed.interrupt.signal], ["SIGHUP", "SIGHUP"]);
    closed.send("SIGHUP", 900); // the shell's, behind the kernel's
    assert.equal(closed.interrupt.leave.aborted, false);
    closed.send("SIGTERM", 1000);
    assert.deepEqual([closed.interrupt.leave.aborted, closed.interrupt.signal], [true, "SIGTERM"]);
    const supervised = listening();
    supervised.send("SIGTERM", 0);
    supervised.send("SIGHUP", 1);
    assert.deepEqual([supervised.interrupt.leave.aborted, supervised.interrupt.signal], [false, "SIGTERM"]);
  });
  test("disposed it hears nothing", () => {
    const { source, interrupt, send } = listening();
    interrupt[Symbol.dispose]();
    send("SIGINT", 0);
    assert.equal(interrupt.drain.aborted, false);
    assert.deepEqual(source.eventNames(), []);
  });
});
