import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { heardSignals } from "../../../src/cli/terminal/heard_signals.ts";

for (const [hangup, expected] of [["heard", ["SIGTERM", "SIGHUP"]], ["ignored", ["SIGTERM"]]] as const) {
  test(`heardSignals() where SIGHUP is ${hangup}: listeners of ${expected.join(" and ")}`, () => {
    const source = new EventEmitter();
    const heard = heardSignals(source, hangup);
    const listener = () => {};
    heard.on("SIGTERM", listener);
    heard.on("SIGHUP", listener);
    assert.deepEqual(source.eventNames(), expected);
    heard.off("SIGTERM", listener);
    heard.off("SIGHUP", listener);
    assert.deepEqual(source.eventNames(), []);
  });
}
