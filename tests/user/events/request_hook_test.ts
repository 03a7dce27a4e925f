import assert from "node:assert/strict";
import { test } from "node:test";
import { RescheduleTask, UserStopped } from "../../../src/http/session/control_flow.ts";
import type { RequestEvent } from "../../../src/http/session/session_owner.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { RequestHook } from "../../../src/user/events/request_hook.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { sumUsOf } from "../../support/fake_owner.ts";

function createHook() {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock });
  const hook = new RequestHook();
  hook.countIn({ recorder, clock });
  const heard: RequestEvent[] = [];
  hook.addListener((event) => heard.push(event));
  return { clock, recorder, hook, heard };
}

test("RequestHook.fire() counts, fills in what was left out, and tells the listeners", async () => {
  const { hook, recorder, heard, clock } = createHook();
  await clock.advance(500);
  hook.fire({ requestType: "MQTT", name: "publish", responseTime: 12.5, responseLength: 80 });
  const [entry] = recorder.drain()?.entries ?? [];
  assert.deepEqual([entry?.method, entry?.name, entry?.requests, entry && sumUsOf(entry), entry?.bytes], [
    "MQTT",
    "publish",
    1,
    12_500,
    80,
  ]);
  assert.deepEqual(heard, [{
    requestType: "MQTT",
    name: "publish",
    responseTime: 12.5,
    responseLength: 80,
    exception: null,
    context: {},
    response: undefined,
    startTime: (clock.wallMs() - 12.5) / 1000,
    url: "",
  }]);
});

test("RequestHook.fire(): lines of --samples have the start and the status that the client knows", () => {
  const clock = new FakeClock();
  const recorder = new Recorder({ clock, samples: "ndjson" });
  const hook = new RequestHook();
  hook.countIn({ recorder, clock });
  const sample = { requestType: "WS", name: "send", responseTime: 5 };
  hook.fire({ ...sample, startTime: 9_999_999.123456, response: new Response("", { status: 201 }) });
  hook.fire({ ...sample, response: { status: "open" } });
  hook.fire({ ...sample, response: { status: 1 } });
  hook.fire({ ...sample, response: "text", startTime: null as unknown as number });
  const text = new TextDecoder().decode(recorder.drain()?.samples?.text);
  const lines = text.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(lines.map((line) => line["status_code"]), [201, null, null, null]);
  const now = (clock.wallMs() - 5) / 1000;
  assert.deepEqual(lines.map((line) => line["timestamp"]), [9_999_999.123456, now, now, now]);
});

test("RequestHook.fire() counts failures by their text, and samples without a time", () => {
  const { hook, recorder, heard } = createHook();
  hook.fire({ requestType: "SQL", name: "q", responseTime: null, exception: new TypeError("no table") });
  hook.fire({ requestType: "SQL", name: "q", responseTime: 1, exception: "timeout" });
  const delta = recorder.drain();
  assert.deepEqual(delta?.failures.map(({ text }) => text), ["TypeError: no table", "timeout"]);
  assert.equal(delta?.entries[0]?.untimed, 1);
  assert.ok(heard.every(({ exception }) => exception instanceof Error));
});

test("RequestHook.fire() counts before a listener's control flow passes through", () => {
  const { hook, recorder } = createHook();
  hook.addListener(({ exception }) => {
    if (exception !== null) throw new RescheduleTask();
  });
  assert.throws(() => hook.fire({ requestType: "GET", name: "/", responseTime: 1, exception: "bad" }), RescheduleTask);
  assert.equal(recorder.drain()?.entries[0]?.failures, 1);
});

test("RequestHook.notify() tells the listeners and counts nothing: its caller has", () => {
  const { hook, recorder, heard } = createHook();
  hook.fire({ requestType: "GET", name: "/", responseTime: 1 });
  recorder.drain();
  const [event] = heard;
  assert.ok(event !== undefined);
  hook.notify(event);
  assert.equal(heard.length, 2);
  assert.equal(recorder.drain(), undefined);
});

test("RequestHook.measure() times the block, returns its result, and takes what the block set", async () => {
  const { hook, recorder, heard, clock } = createHook();
  const measured = hook.measure("SQL", "orders", async (meta) => {
    await clock.sleep(250);
    meta.responseLength = 42;
    meta.context["shard"] = 3;
    meta.name = "orders of today";
    return "rows";
  }, { context: { tenant: "acme" } });
  await clock.advance(300);
  assert.equal(await measured, "rows");
  const [entry] = recorder.drain()?.entries ?? [];
  assert.deepEqual([entry?.name, entry && sumUsOf(entry), entry?.bytes], ["orders of today", 250_000, 42]);
  assert.deepEqual(heard[0]?.context, { tenant: "acme", shard: 3 });
});

test("RequestHook.measure() counts an error of the block as failure and swallows it", async () => {
  const { hook, recorder } = createHook();
  assert.equal(await hook.measure("SQL", "q", () => Promise.reject(new Error("deadlock"))), undefined);
  await hook.measure("SQL", "q", (meta) => {
    meta.exception = "soft";
  });
  assert.deepEqual(recorder.drain()?.failures.map(({ text }) => text), ["Error: deadlock", "soft"]);
});

test("RequestHook.measure() passes on the end of its user, without a sample", async () => {
  const { hook, recorder } = createHook();
  await assert.rejects(hook.measure("SQL", "q", () => Promise.reject(new UserStopped())), UserStopped);
  const wrapped = new Error("an SDK's own", { cause: new UserStopped() });
  await assert.rejects(hook.measure("SQL", "q", () => Promise.reject(wrapped)), wrapped);
  assert.equal(recorder.drain(), undefined);
});

test("RequestHook counts nowhere before a run and in the control thread, but tells its listeners", () => {
  const hook = new RequestHook();
  let calls = 0;
  hook.addListener(() => calls++);
  hook.fire({ requestType: "GET", name: "/", responseTime: 1 });
  assert.equal(calls, 1);
});

test("RequestHook.fire() turns numbers and booleans into text, wherever a text is expected", () => {
  const { hook, recorder, heard } = createHook();
  hook.fire({ requestType: 1, name: 42, responseTime: 1, url: true } as never);
  assert.deepEqual(recorder.drain()?.entries.map(({ method, name }) => [method, name]), [["1", "42"]]);
  assert.deepEqual([heard[0]?.requestType, heard[0]?.name, heard[0]?.url], ["1", "42", "true"]);
});

test("RequestHook.fire() throws for values that cannot be counted, and counts nothing", () => {
  const good = { requestType: "SQL", name: "q", responseTime: 1 };
  const cases: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ name: new URL("http://a/") }, /Cannot use an object \(URL\) as the name of a request: /],
    [{ name: null }, /Cannot leave out the name of a request: it is null; /],
    [{ requestType: undefined }, /Cannot leave out the requestType of a request: /],
    [{ requestType: () => {} }, /Cannot use a function as the requestType of a request: /],
    [{ responseTime: "12" }, /Cannot count a request with the responseTime "12"; pass a number from 0/],
    [{ responseTime: NaN }, /Cannot count a request with the responseTime NaN; /],
    [{ responseTime: -1 }, /Cannot count a request with the responseTime -1; /],
    [{ responseLength: Infinity }, /Cannot count a request with the responseLength Infinity; /],
    [{ startTime: new Date(0) }, /Cannot count a request with the startTime an object \(Date\); /],
    [{ context: "x" }, /Cannot count a request with the context "x"; pass an object/],
    [{ url: Symbol("u") }, /Cannot use a symbol as the url of a request: /],
  ];
  for (const [wrong, message] of cases) {
    const { hook, recorder, heard } = createHook();
    assert.throws(() => hook.fire({ ...good, ...wrong } as never), message);
    assert.deepEqual([recorder.drain(), heard], [undefined, []]);
  }
});

test("RequestHook.fire() counts a failure whose text cannot be had", () => {
  const hostile = new Error("x");
  Object.defineProperty(hostile, "message", { value: Symbol("no text") });
  const silent = {
    toString: () => {
      throw new Error("no");
    },
  };
  const { hook, recorder } = createHook();
  hook.fire({ requestType: "SQL", name: "q", responseTime: 1, exception: hostile });
  hook.fire({ requestType: "SQL", name: "q", responseTime: 1, exception: silent });
  assert.deepEqual(recorder.drain()?.failures.map(({ text }) => text), [
    "Error: Symbol(no text)",
    "something that cannot be turned into text",
  ]);
});

test("RequestHook.measure() counts a block that throws undefined or null as a failure", async () => {
  for (const thrown of [undefined, null]) {
    const { hook, recorder } = createHook();
    await hook.measure("SQL", "q", () => Promise.reject(thrown));
    assert.deepEqual(recorder.drain()?.failures.map(({ text }) => text), [`Error: the block threw ${thrown}`]);
  }
});

test("RequestHook.measure() refuses a name that is not text before its block runs", async () => {
  const { hook } = createHook();
  let hasRun = false;
  await assert.rejects(hook.measure("SQL", {} as never, () => hasRun = true), /as the name of a measured block/);
  assert.equal(hasRun, false);
});

test("RequestHook.fire() and measure() count under tags, hand them to listeners, and refuse what is none", async () => {
  const { hook, recorder, heard } = createHook();
  hook.fire({ requestType: "SQL", name: "q", responseTime: 1, tags: { region: "eu" } });
  await hook.measure("SQL", "q", (meta) => {
    meta.tags = { ...meta.tags, rows: "many" };
  }, { tags: { region: "eu" } });
  const counted = recorder.drain()?.tagged?.map(({ tag, value, entries }) => `${tag}=${value} ${entries[0]?.requests}`);
  assert.deepEqual(counted, ["region=eu 2", "rows=many 1"]);
  assert.deepEqual(heard.map(({ tags }) => tags), [{ region: "eu" }, { region: "eu", rows: "many" }]);
  const wrong = { tags: ["eu"] } as never;
  assert.throws(
    () => hook.fire({ requestType: "SQL", name: "q", responseTime: 1, ...(wrong as object) }),
    /Cannot count a request with its tags: they are a list of 1; give an object/,
  );
  await assert.rejects(
    hook.measure("SQL", "q", () => assert.fail("must not run"), wrong),
    /with its tags: they are a list/,
  );
});
