import assert from "node:assert/strict";
import { test } from "node:test";
import { needsControl } from "../../src/control/control_need.ts";
import type { EventHook } from "../../src/user/events/event_hook.ts";
import { Events } from "../../src/user/events/events.ts";
import { collectLocustfile } from "../../src/user/loading/locustfile.ts";
import { LoadTestShape } from "../../src/user/load_test_shape.ts";
import { User } from "../../src/user/user.ts";

class Shopper extends User {
  static override tasks = [() => {}];
}

class Peak extends LoadTestShape {
  override tick() {
    return [1, 1] as const;
  }
}

const collect = (exports: Readonly<Record<string, unknown>>) =>
  collectLocustfile([{ file: "/tests/locustfile.ts", exports }]);

test("needsControl() is false for a locustfile that listens only where its users run", () => {
  const events = new Events();
  events.request.addListener(() => {});
  events.userError.addListener(() => {});
  events.reportToMaster.addListener(() => {});
  events.initCommandLineParser.addListener(() => {});
  assert.equal(needsControl(collect({ Shopper }), events), false);
});

test("needsControl() is true for each event that fires in the control thread", () => {
  for (const name of ["init", "testStart", "runSetup", "spawningComplete", "runEvent", "quitting", "quit"] as const) {
    const events = new Events();
    (events[name] as EventHook<object>).addListener(() => {});
    assert.equal(needsControl(collect({ Shopper }), events), true, name);
  }
});

test("needsControl() is true for a shape, and for a problem", () => {
  assert.equal(needsControl(collect({ Shopper, Peak }), new Events()), true);
  assert.equal(needsControl(collect({}), new Events()), true);
});
