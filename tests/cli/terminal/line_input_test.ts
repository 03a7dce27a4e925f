import { strict as assert } from "node:assert";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import { readLine } from "../../../src/cli/terminal/line_input.ts";

class FakeInput extends EventEmitter {
  isOpen = false;
  setEncoding(): void {}
  resume(): void {
    this.isOpen = true;
  }
  pause(): void {
    this.isOpen = false;
  }
}

describe("readLine()", () => {
  test("puts parts together up to the end of the line, and lets the input go", async () => {
    const input = new FakeInput();
    const line = readLine(input);
    assert.equal(input.isOpen, true);
    input.emit("data", "ap");
    input.emit("data", "i\nrest");
    assert.equal(await line, "api");
    assert.equal(input.isOpen, false);
    assert.deepEqual([input.listenerCount("data"), input.listenerCount("end")], [0, 0]);
  });
  test("is undefined when the input ends", async () => {
    const input = new FakeInput();
    const line = readLine(input);
    input.emit("data", "ap");
    input.emit("end");
    assert.equal(await line, undefined);
  });
  test("keeps no more of an endless line than a bound", async () => {
    const input = new FakeInput();
    const line = readLine(input);
    for (let part = 0; part < 10; part++) input.emit("data", "x".repeat(900));
    input.emit("data", "\n");
    input.emit("end");
    assert.equal(await line, undefined, "the end of the line is beyond the bound");
  });
});
