import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import type { ApiSplits } from "../../../src/server/answers/api_snapshot.ts";
import { createSplitModel } from "../../../web/model/split_model.ts";
import { settle } from "../../support/fake_clock.ts";

/** A server whose answers come when the test says so. */
function createServer() {
  const asked: { readonly tag: string; readonly answer: (values: readonly string[]) => void; fail: () => void }[] = [];
  const ask = (tag: string) =>
    new Promise<ApiSplits>((resolve, reject) => {
      asked.push({
        tag,
        answer: (values) =>
          resolve({ tag, values: values.map((value) => ({ value, total: {} as never, entries: [] })) }),
        fail: () => reject(new Error("no connection")),
      });
    });
  return { asked, ask };
}

test("createSplitModel() asks with each tick while a tag is chosen, one question at a time", async () => {
  const { asked, ask } = createServer();
  const ticks = signal(0);
  const { tag, values } = createSplitModel(ask, ticks);
  ticks.value++;
  assert.equal(asked.length, 0);
  tag.value = "region";
  ticks.value++;
  ticks.value++;
  assert.deepEqual(asked.map((each) => each.tag), ["region"]);
  asked[0]?.answer(["eu", "us"]);
  await settle();
  assert.deepEqual(values.value.map(({ value }) => value), ["eu", "us"]);
  ticks.value++;
  assert.equal(asked.length, 2);
  asked[1]?.fail();
  await settle();
  assert.deepEqual(values.value.map(({ value }) => value), ["eu", "us"], "what was there stays");
  ticks.value++;
  assert.equal(asked.length, 3);
});

test("createSplitModel() shows no rows of another tag than the chosen one", async () => {
  const { asked, ask } = createServer();
  const { tag, values } = createSplitModel(ask, signal(0));
  tag.value = "region";
  tag.value = "plan";
  asked[0]?.answer(["eu"]);
  await settle();
  assert.deepEqual(values.value, []);
  assert.deepEqual(asked.map((each) => each.tag), ["region", "plan"]);
  asked[1]?.answer(["free"]);
  await settle();
  assert.deepEqual(values.value.map(({ value }) => value), ["free"]);
  tag.value = undefined;
  assert.deepEqual(values.value, []);
});
