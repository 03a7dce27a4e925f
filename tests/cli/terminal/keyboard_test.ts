import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import {
  changedTarget,
  type KeyCommand,
  keyLegend,
  listenForKeys,
  readKeys,
} from "../../../src/cli/terminal/keyboard.ts";

describe("readKeys()", () => {
  const rows: readonly (readonly [says: string, text: string, ...commands: KeyCommand[]])[] = [
    ["w starts one user", "w", { kind: "changeUsers", by: 1 }],
    ["W starts ten", "W", { kind: "changeUsers", by: 10 }],
    ["s stops one", "s", { kind: "changeUsers", by: -1 }],
    ["S stops ten", "S", { kind: "changeUsers", by: -10 }],
    ["e and d change the target rate by one, E and D by ten", "eD", { kind: "changeTargetRate", by: 1 }, {
      kind: "changeTargetRate",
      by: -10,
    }],
    ["Enter opens the web UI", "\r", { kind: "openWebUi" }],
    ["Ctrl-C interrupts", "\x03", { kind: "interrupt" }],
    ["several keys in one piece count each", "wWx", { kind: "changeUsers", by: 1 }, { kind: "changeUsers", by: 10 }],
    ["arrows and function keys mean nothing", "\x1b[A\x1bOS\x1b[15~\x1b[1;2S"],
    ["other keys mean nothing", "q 5é"],
  ];
  for (const [says, text, ...commands] of rows) test(says, () => assert.deepEqual(readKeys(text), commands));
});

test("changedTarget() counts from the users that run and stops at none", () => {
  assert.deepEqual([changedTarget(5, 10), changedTarget(5, -1), changedTarget(5, -10)], [15, 4, 0]);
});

test("keyLegend() names Enter only where there is a web UI", () => {
  assert.match(keyLegend("web"), /Enter/);
  assert.doesNotMatch(keyLegend("headless"), /Enter/);
  assert.equal(
    keyLegend("headless", { load: "arrival/s", hasTargetRate: false }),
    "w/s +/-1 arrival/s, W/S +/-10",
  );
  assert.equal(
    keyLegend("headless", { load: "user", hasTargetRate: true }),
    "w/s +/-1 user, W/S +/-10, e/d +/-1 task/s, E/D +/-10",
  );
});

describe("listenForKeys()", () => {
  const fakeTerminal = () => {
    const calls: string[] = [];
    const source = Object.assign(new EventEmitter(), {
      isTTY: true,
      setRawMode: (isRaw: boolean) => calls.push(`raw ${isRaw}`),
      setEncoding: () => calls.push("encoding"),
      resume: () => calls.push("resume"),
      pause: () => calls.push("pause"),
    });
    return { source, calls };
  };
  test("passes keys on until disposed, and leaves the terminal as it was", () => {
    const { source, calls } = fakeTerminal();
    const got: KeyCommand[] = [];
    const keys = listenForKeys(source, (command) => got.push(command));
    source.emit("data", "w");
    keys?.[Symbol.dispose]();
    source.emit("data", "w");
    assert.deepEqual(got, [{ kind: "changeUsers", by: 1 }]);
    assert.deepEqual([calls[0], calls.slice(-2)], ["raw true", ["raw false", "pause"]]);
  });
  test("leaves a terminal that was closed alone", () => {
    const { source } = fakeTerminal();
    const keys = listenForKeys(source, () => {});
    Object.assign(source, {
      setRawMode() {
        throw new Error("setRawMode failed with errno: 5");
      },
    });
    assert.doesNotThrow(() => keys?.[Symbol.dispose]());
  });
  test("does nothing where the input is not a terminal", () => {
    const { source, calls } = fakeTerminal();
    assert.equal(listenForKeys({ ...source, isTTY: false } as unknown as typeof source, () => {}), undefined);
    assert.deepEqual(calls, []);
  });
});
