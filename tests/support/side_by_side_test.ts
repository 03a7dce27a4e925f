import assert from "node:assert/strict";
import { test } from "node:test";
import { sideBySide } from "./side_by_side.ts";

type Registered = { readonly name: string; readonly skip: unknown; run(): unknown };

/** In place of the runner's `test`: what was registered, to be run by hand. */
function openRegister() {
  const registered: Registered[] = [];
  const register = (name: string, { skip }: { skip?: unknown }, run: () => unknown) => {
    registered.push({ name, skip, run });
  };
  return { registered, register: register as unknown as typeof test };
}

test("sideBySide() runs so many at once, and judges each under its own name in the order of the file", async () => {
  const { registered, register } = openRegister();
  const side = sideBySide(2, register);
  const ends: (() => void)[] = [];
  const begun: string[] = [];
  for (const name of ["a", "b", "c"]) {
    side(name, () => {
      begun.push(name);
      return new Promise((resolve, reject) => ends.push(name === "b" ? () => reject(new Error("b failed")) : resolve));
    });
  }
  assert.deepEqual(begun, [], "nothing begins before the runner asks");
  const first = registered[0]!.run();
  assert.deepEqual(begun, ["a", "b"]);
  ends[1]!();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(begun, ["a", "b", "c"], "the next one begins when one has ended");
  ends[0]!();
  await first;
  await assert.rejects(async () => await registered[1]!.run(), /b failed/);
  ends[2]!();
  await registered[2]!.run();
  assert.deepEqual(registered.map(({ name }) => name), ["a", "b", "c"]);
});

test("sideBySide() leaves out what is skipped, and says so to the runner", async () => {
  const { registered, register } = openRegister();
  const side = sideBySide(2, register);
  const begun: string[] = [];
  side("skipped", { skip: "no tool" }, () => void begun.push("skipped"));
  side("wanted", { skip: false }, () => void begun.push("wanted"));
  await registered[1]!.run();
  assert.deepEqual(begun, ["wanted"]);
  assert.deepEqual(registered.map(({ skip }) => skip), ["no tool", false]);
});

test("sideBySide() hands on what a body throws at once", async () => {
  const { registered, register } = openRegister();
  sideBySide(1, register)("throws", () => {
    throw new Error("at once");
  });
  await assert.rejects(async () => await registered[0]!.run(), /at once/);
});
