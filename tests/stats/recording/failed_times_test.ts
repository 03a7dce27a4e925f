import assert from "node:assert/strict";
import { test } from "node:test";
import {
  errorTypeOf,
  FailedTimesStore,
  MAX_FAILED_TIMES,
  OTHER_ERROR,
} from "../../../src/stats/recording/failed_times.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

for (
  const [failure, status, expected] of [
    ["HttpError 503 Service Unavailable", 503, "503"],
    ["order was not accepted", 422, "422"],
    ["order was not accepted", 200, OTHER_ERROR],
    ["Timeout (response)", undefined, "Timeout"],
    ["ConnectionRefused", undefined, "ConnectionRefused"],
    ["TypeError: x is not a function", undefined, "TypeError"],
    ["Cannot log in: no token", undefined, OTHER_ERROR],
    ["", undefined, OTHER_ERROR],
  ] as const
) {
  test(`errorTypeOf(): "${failure}" with status ${status} is ${expected}`, () =>
    assert.equal(errorTypeOf(failure, status), expected));
}

test("FailedTimesStore adds what others took, and is empty then", () => {
  const [a, b] = [new FailedTimesStore(), new FailedTimesStore()];
  for (const us of [1000, 2000, 3000]) a.record({ method: "GET", name: "/" }, "500", us);
  for (const group of [...a.take() ?? [], ...a.take() ?? []]) b.add(group);
  b.record({ method: "GET", name: "/" }, "500", 4000);
  const [taken] = b.take() ?? [];
  assert.equal(Histogram.unpack(taken!.times).count, 4);
  assert.equal(b.take(), undefined);
});

test("FailedTimesStore is bounded: beyond it the types of a row are one, and no time is lost", () => {
  const store = new FailedTimesStore();
  for (let i = 0; i < 3 * MAX_FAILED_TIMES; i++) store.record({ method: "GET", name: "/" }, `Error${i}`, 1000);
  const taken = store.take() ?? [];
  assert.equal(taken.length, MAX_FAILED_TIMES + 1);
  assert.equal(taken.reduce((sum, { times }) => sum + Histogram.unpack(times).count, 0), 3 * MAX_FAILED_TIMES);
  assert.equal(taken.at(-1)?.errorType, OTHER_ERROR);
});

test("Recorder keeps times of failed requests where they are asked for, those without a time left out", () => {
  for (const failedTimes of ["keep", "drop"] as const) {
    const recorder = new Recorder({ clock: new FakeClock(), failedTimes });
    const entry = recorder.entry("GET", "/");
    recorder.record(entry, 1, 0, undefined, 0);
    recorder.record(entry, 2, 0, "HttpError 500", 0, 0, 500);
    recorder.record(entry, null, 0, "HttpError 500", 0, 0, 500);
    const groups = recorder.drain()?.failedTimes;
    if (failedTimes === "drop") assert.equal(groups, undefined);
    else {assert.deepEqual(groups?.map(({ errorType, times }) => [errorType, Histogram.unpack(times).count]), [[
        "500",
        1,
      ]]);}
  }
});
