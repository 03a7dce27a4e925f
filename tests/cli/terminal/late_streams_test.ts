import assert from "node:assert/strict";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import process from "node:process";
import { isTerminal, lateOutput } from "../../../src/cli/terminal/late_streams.ts";
import type { OutputStream } from "../../../src/cli/terminal/text_output.ts";

/** A stream that notes what is asked of it. */
function scriptedStream() {
  const calls: string[] = [];
  const listeners: { event: string; listener: (error: Error) => void }[] = [];
  const stream: OutputStream = {
    isTTY: true,
    columns: 132,
    rows: 50,
    write(text, done) {
      calls.push(`write ${text}`);
      done?.(null);
      return true;
    },
    on(event: string, listener: (error: Error) => void) {
      calls.push(`on ${event}`);
      listeners.push({ event, listener });
    },
    off: (event) => void calls.push(`off ${event}`),
  };
  let opened = 0;
  const open = () => {
    opened++;
    return stream;
  };
  return { stream, open, calls, listeners, opened: () => opened };
}

test("lateOutput() opens its stream with the first write, and once", () => {
  const { open, calls, opened } = scriptedStream();
  const output = lateOutput(false, open);
  assert.equal(output.isTTY, false);
  output.on("error", () => {});
  assert.equal(opened(), 0);
  output.write("one");
  output.write("two");
  assert.equal(opened(), 1);
  assert.deepEqual(calls, ["on error", "write one", "write two"]);
});

test("lateOutput() opens its stream for the size of a terminal", () => {
  const { open, opened } = scriptedStream();
  const output = lateOutput(true, open);
  assert.equal(opened(), 0);
  assert.equal(output.columns, 132);
  assert.equal(output.rows, 50);
  assert.equal(opened(), 1);
});

test("lateOutput() hands kept listeners on, but those that were taken back", () => {
  const { open, calls, listeners } = scriptedStream();
  const output = lateOutput(true, open);
  const heard: string[] = [];
  const onResize = () => heard.push("resize");
  output.on("error", (error) => heard.push(error.message));
  output.on("resize", onResize);
  output.off("resize", onResize);
  output.write("x");
  assert.deepEqual(calls, ["on error", "write x"]);
  listeners[0]?.listener(new Error("the reader is gone"));
  assert.deepEqual(heard, ["the reader is gone"]);
  output.off("resize", onResize);
  assert.equal(calls.at(-1), "off resize");
});

test("lateOutput() is the stream itself where only that knows whether it is a terminal", () => {
  const { open, stream } = scriptedStream();
  assert.equal(lateOutput(undefined, open), stream);
});

test("isTerminal() knows a file and the null device for what they are, and nothing of a descriptor that is closed", () => {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-late-"));
  try {
    const file = openSync(join(folder, "out"), "w");
    assert.equal(isTerminal(file), false);
    closeSync(file);
    assert.equal(isTerminal(file), undefined);
    if (process.platform !== "linux") return;
    const nothing = openSync("/dev/null", "w");
    assert.equal(isTerminal(nothing), false);
    closeSync(nothing);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
