import assert from "node:assert/strict";
import { test } from "node:test";
import { LightSignal } from "../../../src/http/engine/light_signal.ts";
import type { ConnectSignal } from "../../../src/platform/sockets/socket.ts";

/** The same steps with what it stands for. */
function signals(): readonly { readonly name: string; readonly signal: ConnectSignal; abort(): void }[] {
  const light = new LightSignal();
  const controller = new AbortController();
  return [
    { name: "LightSignal", signal: light, abort: () => light.abort() },
    { name: "AbortSignal", signal: controller.signal, abort: () => controller.abort() },
  ];
}

for (const { name, signal, abort } of signals()) {
  test(`${name} calls each listener that is left once, functions and objects, in their order`, () => {
    const called: string[] = [];
    const listen = (mark: string) => () => void called.push(mark);
    const removed = listen("removed");
    const onlyOne = listen("only one, removed");
    const object = { handleEvent: listen("object") };
    signal.addEventListener("abort", onlyOne, { once: true });
    signal.removeEventListener("abort", onlyOne);
    signal.removeEventListener("abort", onlyOne);
    signal.addEventListener("abort", listen("first"), { once: true });
    signal.addEventListener("abort", removed, { once: true });
    signal.addEventListener("abort", object, { once: true });
    signal.removeEventListener("abort", removed);
    assert.equal(signal.aborted, false);
    abort();
    assert.equal(signal.aborted, true);
    assert.deepEqual(called, ["first", "object"]);
    abort();
    signal.addEventListener("abort", listen("late"), { once: true });
    signal.removeEventListener("abort", object);
    assert.deepEqual(called, ["first", "object"]);
  });
}

test("LightSignal calls the listeners that it had when it was aborted", () => {
  const signal = new LightSignal();
  const called: string[] = [];
  const second = () => void called.push("second");
  signal.addEventListener("abort", () => {
    called.push(`first, aborted: ${signal.aborted}`);
    signal.removeEventListener("abort", second);
  });
  signal.addEventListener("abort", second);
  signal.abort();
  assert.deepEqual(called, ["first, aborted: true", "second"]);
});
