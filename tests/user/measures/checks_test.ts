import assert from "node:assert/strict";
import { test } from "node:test";
import type { MeasureDelta } from "../../../src/protocol/measures_message.ts";
import { StopTest } from "../../../src/http/session/control_flow.ts";
import { checks } from "../../../src/user/measures/checks.ts";
import { metrics } from "../../../src/user/measures/metrics.ts";
import { Environment } from "../../../src/user/environment.ts";
import { User } from "../../../src/user/user.ts";
import { TaskSet } from "../../../src/user/tasks/task_set.ts";
import { createUser } from "../../../src/user/lifecycle/create_user.ts";
import { UserLifecycle } from "../../../src/user/lifecycle/user_lifecycle.ts";
import { createStage, type Stage } from "../stage.ts";

class Visitor extends User {}
class Browse extends TaskSet<Visitor> {}

function drain(stage: Stage): readonly MeasureDelta[] {
  return stage.recorder.drain()?.measures ?? [];
}

function userOf(stage: Stage): Visitor {
  return createUser(Visitor, stage.environment, new UserLifecycle(stage.runContext, 0));
}

test("check() counts under its name and returns whether it holds, on users and task sets", () => {
  const stage = createStage();
  const user = userOf(stage);
  assert.equal(user.check("has items", [1].length), true);
  assert.equal(user.check("has items", ""), false);
  assert.equal(new Browse(user).check("has items", true), true);
  assert.deepEqual(drain(stage), [{ kind: "check", name: "has items", passes: 2, fails: 1 }]);
});

test("check() refuses a promise, which would always hold", () => {
  const user = userOf(createStage());
  assert.throws(() => user.check("is ok", Promise.resolve(false)), {
    message: 'Cannot check "is ok": the condition is a promise, which is always true; await it first',
  });
});

test("check() refuses a function, which would always hold, and what is no name", () => {
  const user = userOf(createStage());
  assert.throws(() => user.check("is ok", () => false), {
    message:
      'Cannot check "is ok": the condition is a function, which is always true; call it, or write checks(res, { "is ok": (r) => … })',
  });
  for (const [name, kind] of [[{ status: 200 }, "an object"], ["", '""'], [undefined, "undefined"]] as const) {
    assert.throws(() => user.check(name as never, true), {
      message: `Cannot check ${kind}: it is not a name; write this.check("has items", condition), or ` +
        'checks(res, { "is ok": (r) => r.ok }) with functions of a response',
    });
  }
});

test("checks() refuses what has not come yet, and conditions that are no functions, before it counts any", () => {
  const stage = createStage();
  const call = (value: unknown, conditions: unknown) => () => checks(value, conditions as never);
  const ok = (r: unknown) => r !== undefined;
  const refused: readonly (readonly [call: () => unknown, message: RegExp])[] = [
    [call(Promise.resolve(1), { "is ok": ok, b: ok }), /^Cannot check "is ok", "b": the value is a promise; await it/],
    [
      call(1, { a: ok, "is ok": true }),
      /^Cannot check "is ok": its condition is true; write a function, as in \(r\) =>/,
    ],
    [call(1, [ok]), /^Cannot check anything: the conditions are a list of 1; write checks\(res, \{/],
    [call({ a: ok }, undefined), /^Cannot check anything: the conditions are undefined; write/],
  ];
  for (const [made, message] of refused) assert.throws(made, { message });
  assert.deepEqual(drain(stage), []);
});

test("check() and checks() refuse tags that stand beside where tags are", () => {
  const user = userOf(createStage());
  const message = 'Cannot check "ok": there is no option "region"; tags stand in one, as in { tags: { region: "eu" } }';
  assert.throws(() => user.check("ok", true, { region: "eu" } as object), { message });
  assert.throws(() => checks(1, { ok: () => true }, { region: "eu" } as object), { message });
  assert.equal(user.check("ok", true, { tags: { region: "eu" } }), true);
});

test("check() outside of a run returns whether it holds", () => {
  assert.equal(new Visitor(new Environment()).check("x", 0), false);
});

test("checks() counts a check for each function and returns whether all hold", () => {
  const stage = createStage();
  const all: boolean = checks({ status: 200, ms: 400 }, {
    "is ok": (r) => r.status === 200,
    "is fast": (r) => r.ms < 300,
  });
  assert.equal(all, false);
  assert.equal(checks({ status: 200 }, { "is ok": (r) => r.status === 200 }), true);
  assert.deepEqual(drain(stage), [
    { kind: "check", name: "is ok", passes: 2, fails: 0 },
    { kind: "check", name: "is fast", passes: 0, fails: 1 },
  ]);
});

test("checks() waits for the functions that return a promise", async () => {
  const stage = createStage();
  const body = { json: () => Promise.resolve({ items: [] }) };
  const pending: Promise<boolean> = checks(body, {
    "has items": async (r) => (await r.json()).items.length > 0,
    "can be read": async (r) => (await r.json()) !== null,
  });
  assert.equal(await pending, false);
  assert.deepEqual(drain(stage), [
    { kind: "check", name: "has items", passes: 0, fails: 1 },
    { kind: "check", name: "can be read", passes: 1, fails: 0 },
  ]);
});

test("checks() takes a function that throws for a check that does not hold, and shows its error once", async () => {
  const stage = createStage();
  const body = { items: undefined as unknown as string[] };
  for (let i = 0; i < 3; i++) checks(body, { "has items": (r) => r.items.length > 0 });
  await checks(body, { late: () => Promise.reject(new Error("cut")) });
  assert.deepEqual(drain(stage), [
    { kind: "check", name: "has items", passes: 0, fails: 3 },
    { kind: "check", name: "late", passes: 0, fails: 1 },
  ]);
  assert.equal(stage.log.length, 2);
  assert.match(
    stage.log[0] ?? "",
    /^WARNING The check "has items" threw TypeError: .*; it counts as failed, and the error is shown once$/,
  );
});

test("checks() passes on what ends the test", () => {
  createStage();
  assert.throws(() =>
    checks(1, {
      x: () => {
        throw new StopTest("enough");
      },
    }), StopTest);
});

test("metrics count the values that they are given in the run that is on", async () => {
  const trend = metrics.trend("time to paint", "ms");
  const counter = metrics.counter("orders");
  const rate = metrics.rate("cache hit");
  const gauge = metrics.gauge("queue", "jobs");
  const stage = createStage();
  trend.add(12.5);
  counter.add();
  counter.add(2.5);
  rate.add(true);
  rate.add(0);
  gauge.set(7);
  await stage.clock.advance(300);
  gauge.set(-2);
  await stage.clock.advance(50);
  const [{ values, ...painted }, ...others] = drain(stage) as [
    MeasureDelta & { values: Uint8Array },
    ...MeasureDelta[],
  ];
  assert.deepEqual(painted, { kind: "trend", name: "time to paint", unit: "ms" });
  assert.ok(values.length > 0);
  assert.deepEqual(others, [
    { kind: "counter", name: "orders", unit: "", count: 2, sum: 3.5 },
    { kind: "rate", name: "cache hit", passes: 1, fails: 1 },
    { kind: "gauge", name: "queue", unit: "jobs", count: 2, last: -2, lastAgeMs: 50, min: -2, max: 7 },
  ]);
  counter.add(1);
  assert.deepEqual(drain(stage), [{ kind: "counter", name: "orders", unit: "", count: 1, sum: 1 }]);
  const next = createStage();
  counter.add(4);
  assert.deepEqual(drain(stage), []);
  assert.deepEqual(drain(next), [{ kind: "counter", name: "orders", unit: "", count: 1, sum: 4 }]);
});

test("metrics of one name and kind are one, and a name has one kind and unit", () => {
  assert.equal(metrics.trend("once", "s"), metrics.trend("once", "s"));
  assert.throws(() => metrics.counter("once"), {
    message: 'Cannot make the counter "once": there is a metric of this name, a trend in s; choose another name',
  });
  assert.throws(() => metrics.trend("once", "ms"), /there is a metric of this name/);
});

test("metrics refuse what they cannot count", () => {
  createStage();
  const message = (call: () => void) => {
    try {
      call();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing was thrown";
  };
  const gauge = metrics.gauge("level");
  assert.deepEqual([
    message(() => metrics.trend("size", "B").add(-1)),
    message(() => metrics.counter("sum").add(NaN)),
    message(() => metrics.rate("share").add("yes" as never)),
    message(() => gauge.set(Infinity)),
    message(() => (gauge as unknown as { add(value: number): void }).add(1)),
    message(() => metrics.trend("size", "B").add(undefined as never)),
    message(() => metrics.rate("share").add(undefined as never)),
    message(() => (metrics.counter("sum") as unknown as { inc(): void }).inc()),
    message(() => (gauge as unknown as { record(value: number): void }).record(1)),
    message(() => metrics.trend("")),
    message(() => (metrics.counter("sum") as unknown as { add(value: number, tags: object): void }).add(1, { a: "b" })),
    message(() => (gauge as unknown as { set(value: number, tags: object): void }).set(1, { a: "b" })),
  ], [
    'Cannot use the metric "size": it cannot add -1; pass a number from 0',
    'Cannot use the metric "sum": it cannot add NaN; pass a number from 0',
    'Cannot use the metric "share": it cannot add "yes"; pass true or false',
    'Cannot use the metric "level": it cannot set Infinity; pass a number',
    'Cannot use the metric "level": it cannot add to a gauge; use set()',
    'Cannot use the metric "size": it cannot add undefined; pass a number from 0',
    'Cannot use the metric "share": it cannot add undefined; pass true or false',
    'Cannot use inc() of the metric "sum": a counter has none; use add()',
    'Cannot use record() of the metric "level": a gauge has none; use set()',
    'Cannot make a trend: its name is empty; pass one, as in "time to paint"',
    'Cannot use the metric "sum": it cannot take an object after the value: metrics have no tags; make one for each value, as in metrics.counter("sum eu")',
    'Cannot use the metric "level": it cannot take an object after the value: metrics have no tags; make one for each value, as in metrics.gauge("level eu")',
  ]);
});
