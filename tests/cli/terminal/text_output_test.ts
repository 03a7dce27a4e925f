import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { concludeOutputs, createTextOutput } from "../../../src/cli/terminal/text_output.ts";

function fakeStream(more: { readonly isTTY?: boolean; readonly columns?: number } = {}) {
  const written: string[] = [];
  const write = (text: string, done?: () => void) => {
    written.push(text);
    done?.();
    return true;
  };
  const stream = Object.assign(new EventEmitter(), { write, ...more });
  return { stream, written };
}

const errorOf = (code: string) => Object.assign(new Error(code), { code });

test("concludeOutputs() reports a full disk and makes the exit code 2, but for a signal; a reader that left is fine", async () => {
  for (
    const [code, given, expected] of [["ENOSPC", 0, 2], ["ENOSPC", 1, 2], ["ENOSPC", 130, 130], [
      "EPIPE",
      0,
      0,
    ]] as const
  ) {
    const [out, err] = [fakeStream(), fakeStream()];
    const stdout = createTextOutput(out.stream);
    out.stream.emit("error", errorOf(code));
    assert.equal(await concludeOutputs(stdout, createTextOutput(err.stream), given), expected);
    assert.equal(/the disk is full/.test(err.written.join("")), code === "ENOSPC");
  }
});

test("concludeOutputs() takes a terminal that was closed for a reader that left, and a device that fails for a loss", async () => {
  for (const [isTTY, expected] of [[true, 0], [false, 2]] as const) {
    const [out, err] = [fakeStream({ isTTY }), fakeStream()];
    const stdout = createTextOutput(out.stream);
    out.stream.emit("error", errorOf("EIO"));
    assert.equal(await concludeOutputs(stdout, createTextOutput(err.stream), 0), expected);
  }
});

describe("createTextOutput()", () => {
  test("writes and flushes", async () => {
    const { stream, written } = fakeStream();
    const output = createTextOutput(stream);
    output.write("a");
    await output.flush();
    assert.equal(written.join(""), "a");
    assert.deepEqual([output.isTty, output.columns()], [false, 80]);
  });
  test("flush() waits for the writes themselves: an empty one may be answered before them", async () => {
    const dones: (() => void)[] = [];
    const write = (_text: string, done?: () => void) => (dones.push(done!), false);
    const output = createTextOutput(Object.assign(new EventEmitter(), { write }));
    output.write("a");
    output.write("b");
    let isFlushed = false;
    const flushed = output.flush().then(() => isFlushed = true);
    dones[0]!();
    await Promise.resolve();
    assert.equal(isFlushed, false);
    dones[1]!();
    await flushed;
    assert.equal(dones.length, 2);
  });
  test("follows the width of a terminal", () => {
    const { stream } = fakeStream({ isTTY: true, columns: 100 });
    const output = createTextOutput(stream);
    let resized = 0;
    const stop = output.onResize(() => resized++);
    stream.emit("resize");
    stop();
    stream.emit("resize");
    assert.deepEqual([output.isTty, output.columns(), resized], [true, 100, 1]);
  });
  test("a reader that goes away closes it, and nothing throws", async () => {
    const { stream, written } = fakeStream();
    const output = createTextOutput(stream);
    stream.emit("error", Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    output.write("lost");
    await output.flush();
    assert.deepEqual([output.closed, written], [true, []]);
  });
  test("a write that throws closes it too", () => {
    const { stream } = fakeStream();
    const output = createTextOutput(Object.assign(stream, {
      write: () => {
        throw new Error("broken pipe");
      },
    }));
    output.write("lost");
    assert.equal(output.closed, true);
  });
});
