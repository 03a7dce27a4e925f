import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunSummary } from "../../../src/report/summary/summary.ts";
import { createOpenApi } from "../../../src/server/api/openapi.ts";
import { recordRun, STARTED } from "../../support/recorded_run.ts";
import { createWebFixture, json } from "../../support/web_fixture.ts";

interface Failed {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
}

describe("POST /api/v1/run", () => {
  const wrong: readonly (readonly [body: unknown, status: number, field?: string])[] = [
    [{ users: -1 }, 422, "users"],
    [{ users: 1.5 }, 422, "users"],
    [{ users: "5" }, 422, "users"],
    [{ users: 13 }, 422, "users"],
    [{ spawnRate: 0 }, 422, "spawnRate"],
    [{ rate: "5/s", maxUsers: 0 }, 422, "maxUsers"],
    [{ rate: "5/s", maxUsers: "20" }, 422, "maxUsers"],
    [{ runTime: "soon" }, 422, "runTime"],
    [{ runTime: 0 }, 422, "runTime"],
    [{ host: 5 }, 422, "host"],
    [{ slo: "p99<1s" }, 422, "slo"],
    [{ slo: ["p99 is fine"] }, 422, "slo"],
    [{ tags: "fast" }, 422, "tags"],
    [{ options: [] }, 422, "options"],
    [{ user: 5 }, 422, "user"],
    [[], 400],
    [null, 400],
  ];
  for (const [body, status, field] of wrong) {
    test(`refuses ${JSON.stringify(body)} with ${status}${field === undefined ? "" : ` and the key ${field}`}`, async () => {
      const { ask } = createWebFixture();
      const response = await ask("/api/v1/run", json("POST", body));
      assert.equal(response.status, status);
      assert.equal((await response.json() as Failed).error.field, field);
    });
  }
  test("starts with what it was given, and refuses a second start with 409", async () => {
    const { ask, asked } = createWebFixture();
    const response = await ask("/api/v1/run", json("POST", { users: 5, spawnRate: 0.5, runTime: "1h30m", host: "" }));
    assert.equal(response.status, 201);
    assert.equal((await response.json() as { state: string }).state, "spawning");
    assert.deepEqual(asked, ['start {"users":5,"spawnRate":0.5,"host":"","runTimeSeconds":5400}']);
    assert.equal((await ask("/api/v1/run", json("POST", {}))).status, 409);
  });
  test("takes the conditions of a capacity search", async () => {
    const { ask, asked } = createWebFixture();
    await ask("/api/v1/run", json("POST", { users: 5, slo: [" p99<300ms, failures<1% ", ""] }));
    assert.deepEqual(asked, ['start {"users":5,"slo":["p99<300ms, failures<1%"]}']);
    const other = createWebFixture();
    await other.ask("/api/v1/run", json("POST", { slo: [] }));
    assert.deepEqual(other.asked, ['start {"slo":null}']);
  });
  test("refuses what is not JSON", async () => {
    const { ask } = createWebFixture();
    assert.equal((await ask("/api/v1/run", { method: "POST", body: "users=1" })).status, 415);
    const headers = { "Content-Type": "application/json" };
    assert.equal((await ask("/api/v1/run", { method: "POST", body: "{users", headers })).status, 400);
  });
});

test("GET /api/v1/run names the socket of each worker that has told it", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  const sockets = async () => (await (await ask("/api/v1/run")).json() as { sockets: unknown }).sockets;
  assert.deepEqual(await sockets(), {});
  const [first, second] = ended.snapshot.workers;
  assert.ok(first !== undefined && second !== undefined);
  feed.sink({ ...ended, snapshot: { ...ended.snapshot, workers: [{ ...first, socket: "epoll" }, second] } });
  assert.deepEqual(await sockets(), { alpha_1: "epoll" });
});

test("PATCH /api/v1/run is 409 while none is on", async () => {
  const { ask, asked } = createWebFixture();
  assert.equal((await ask("/api/v1/run", json("PATCH", { users: 2 }))).status, 409);
  await ask("/api/v1/run", json("POST", {}));
  assert.equal((await ask("/api/v1/run", json("PATCH", { users: 2, runTime: null }))).status, 200);
  assert.deepEqual(asked.at(-1), 'edit {"users":2,"runTimeSeconds":null}');
});

test("GET /api/v1/history of an unknown row is 404", async () => {
  const { ask } = createWebFixture();
  assert.equal((await ask("/api/v1/history?entry=GET%20/nope")).status, 404);
  assert.deepEqual(await (await ask("/api/v1/history")).json(), { history: [] });
  assert.equal((await ask("/api/v1/history?since=x")).status, 422);
});

test("the snapshot of the API and Locust's statistics have the figures of the master's snapshot", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  feed.sink(STARTED);
  feed.sink(ended);
  const snapshot = await (await ask("/api/v1/snapshot")).json() as {
    run: { state: string; stopReason: { kind: string } };
    total: { requests: number; failures: number };
    rows: readonly { name: string; requests: number }[];
  };
  assert.equal(snapshot.run.state, "stopped");
  assert.equal(snapshot.run.stopReason.kind, "runTime");
  const { total, entries } = ended.snapshot;
  assert.equal(snapshot.total.requests, total.requests);
  assert.deepEqual(
    snapshot.rows.map(({ name, requests }) => [name, requests]),
    entries.map(({ name, requests }) => [name, requests]),
  );
  const locust = await (await ask("/stats/requests")).json() as {
    state: string;
    stats: readonly { name: string; num_requests: number; num_failures: number }[];
  };
  assert.equal(locust.state, "stopped");
  assert.deepEqual(locust.stats.at(-1)?.name, "Aggregated");
  assert.equal(locust.stats.at(-1)?.num_failures, total.failures);
  assert.equal(locust.stats.length, entries.length + 1);
});

test('a poll of Locust\'s page never reads "stopping", at which it would stop to ask', async () => {
  const { ask, feed } = createWebFixture();
  feed.sink({ kind: "stopping", reason: { kind: "requested" } });
  assert.equal((await (await ask("/stats/requests")).json() as { state: string }).state, "running");
  assert.equal((await (await ask("/api/v1/run")).json() as { state: string }).state, "stopping");
});

describe("POST /swarm", () => {
  const swarm = (fields: Readonly<Record<string, string>>): RequestInit => ({
    method: "POST",
    body: new URLSearchParams(fields),
  });
  test("starts, and answers in Locust's words", async () => {
    const { ask, asked } = createWebFixture();
    const response = await ask(
      "/swarm",
      swarm({ user_count: "5", spawn_rate: "2.5", host: "http://a.test", run_time: "1m" }),
    );
    assert.deepEqual(await response.json(), {
      success: true,
      message: "Swarming started",
      host: "http://a.test",
      run_time: 60,
    });
    assert.deepEqual(asked, [
      'start {"unnamed":"commandLine","users":5,"spawnRate":2.5,"host":"http://a.test","runTimeSeconds":60,"options":{}}',
    ]);
  });
  test("has no host where none is known, and none of its own", async () => {
    const { ask } = createWebFixture();
    const answer = await (await ask("/swarm", swarm({ user_count: "5", spawn_rate: "1" }))).json();
    assert.deepEqual(answer, { success: true, message: "Swarming started", host: null });
  });
  test("of an edit has the classes that run, where they could be picked", async () => {
    const { ask, feed, asked } = createWebFixture({ form: { hasClassPicker: true } });
    feed.sink(STARTED);
    feed.sink({ kind: "rampStarted", users: 10, spawnRate: 1, fromUsers: 0 });
    const answer = await (await ask("/swarm", swarm({ user_count: "5", spawn_rate: "1" }))).json();
    assert.deepEqual(answer, { success: true, message: "Swarming started", host: null, user_classes: ["Shop"] });
    assert.match(asked.join(), /^edit /);
  });
  test("has the shape that it names, with a class picker, and else none", async () => {
    const { ask, asked } = createWebFixture({ form: { hasClassPicker: true, shape: "Waves" } });
    await ask("/swarm", swarm({ user_count: "5", spawn_rate: "1" }));
    assert.match(asked.join(), /"shape":null/);
    const other = createWebFixture({ form: { hasClassPicker: true, shape: "Waves" } });
    await other.ask("/swarm", swarm({ shape_class: "Steps" }));
    assert.match(other.asked.join(), /"shape":"Steps"/);
    const none = createWebFixture({ form: { shape: "Waves" } });
    await none.ask("/swarm", swarm({ shape_class: "Steps" }));
    assert.doesNotMatch(none.asked.join(), /shape/);
  });
  test("an empty field of a number is none, not 0", async () => {
    const plain = { label: "", help: "", choices: [], isRequired: false, isSecret: false };
    const number = { ...plain, kind: "number", value: 4 } as const;
    const { ask, asked } = createWebFixture({
      form: { options: [{ ...number, name: "num" }, { ...number, name: "max" }] },
    });
    await ask("/swarm", swarm({ user_count: "5", spawn_rate: "1", num: "", max: "0" }));
    assert.match(asked.join(), /"options":\{"num":null,"max":0\}/);
  });
  const refused: readonly (readonly [fields: Readonly<Record<string, string>>, message: RegExp])[] = [
    [{}, /^Missing user_count or spawn_rate/],
    [{ user_count: "5", spawn_rate: "0" }, /^Missing user_count or spawn_rate/],
    [{ user_count: "many", spawn_rate: "1" }, /^Invalid user_count/],
    [{ user_count: "1e15", spawn_rate: "1" }, /^Invalid user_count: it is not a whole number from 0 to 10000000/],
    [{ user_count: "5", spawn_rate: "1", run_time: "soon" }, /^Valid run_time formats are : 20, 20s, 3m/],
  ];
  for (const [fields, message] of refused) {
    test(`refuses ${JSON.stringify(fields)} with 200 and success: false`, async () => {
      const { ask, asked } = createWebFixture();
      const response = await ask("/swarm", swarm(fields));
      assert.equal(response.status, 200);
      const body = await response.json() as { success: boolean; message: string };
      assert.equal(body.success, false);
      assert.match(body.message, message);
      assert.deepEqual(asked, []);
    });
  }
});

test("a download has the start of its run in its name, whenever it is asked for", async () => {
  const { ask, feed, clock } = createWebFixture();
  feed.sink(STARTED);
  clock.advance(26 * 3600_000);
  const { headers } = await ask("/stats/failures/csv");
  const date = new Date(STARTED.wallMs);
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const start = `filename=Locust_${day}-${two(date.getHours())}h${two(date.getMinutes())}_shop.ts_`;
  assert.ok(headers.get("content-disposition")?.includes(start), `${headers.get("content-disposition")} has ${start}`);
});

test("GET /stats/report takes Locust's theme, and no other word", async () => {
  const { ask } = createWebFixture({ summary: () => ({}) as RunSummary });
  const read = async (query: string) => await (await ask(`/stats/report${query}`)).text();
  assert.equal(await read("?theme=dark&download=1"), "<!DOCTYPE html>dark");
  assert.equal(await read("?theme=light"), "<!DOCTYPE html>light");
  for (const query of ["", "?theme=", "?theme=%22onload"]) assert.equal(await read(query), "<!DOCTYPE html>", query);
});

test("Locust's other routes answer in its shapes, and what it answers with 500 is 4xx and JSON", async () => {
  const { ask, asked } = createWebFixture();
  assert.deepEqual(await (await ask("/stop", { method: "POST" })).json(), { success: true, message: "Test stopped" });
  assert.equal(await (await ask("/stats/reset")).text(), "ok");
  assert.deepEqual(await (await ask("/exceptions")).json(), { exceptions: [] });
  assert.deepEqual(await (await ask("/worker-count")).json(), { worker_count: 0 });
  assert.deepEqual(await (await ask("/logs")).json(), { master: ["a line"], workers: {} });
  const csv = await ask("/stats/requests/csv");
  assert.match(
    csv.headers.get("content-disposition") ?? "",
    /filename=Locust_\d{4}-\d\d-\d\d-\d\dh\d\d_shop\.ts_requests\.csv$/,
  );
  assert.match(await csv.text(), /^Type,Name,Request Count,Failure Count,Median Response Time/);
  assert.equal((await ask("/stats/requests_full_history/csv")).status, 404);
  assert.equal((await ask("/user", { method: "POST", body: "{" })).status, 400);
  assert.equal((await ask("/user", { method: "POST", body: '{"user_class_name":"Shop"}' })).status, 201);
  assert.deepEqual(asked, ["stop", "reset", 'class {"user_class_name":"Shop"}']);
});

test("the OpenAPI document names every route of the API, and its examples are answered", async () => {
  const { app, ask } = createWebFixture();
  const document = createOpenApi("1") as {
    paths: Record<
      string,
      Record<string, {
        parameters?: { name: string; in: string; example?: string }[];
        requestBody?: { content: Record<string, { example: unknown }> };
      }>
    >;
  };
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} /api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`)
  );
  const served = app.routes.filter(({ path, method }) =>
    path.startsWith("/api/v1/") && !["ALL", "OPTIONS"].includes(method)
  )
    .map(({ path, method }) => `${method} ${path}`);
  assert.deepEqual(documented.sort(), [...new Set(served)].sort());
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { requestBody, parameters = [] }] of Object.entries(methods)) {
      if (requestBody === undefined) continue;
      const example = requestBody.content["application/json"]?.example;
      const filled = parameters.reduce((sum, { name, example = "" }) => sum.replace(`{${name}}`, example), path);
      const response = await ask(`/api/v1${filled}`, json(method.toUpperCase(), example));
      assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.text()}`);
    }
  }
});

/** The whole run in one step. */
const SPAN = {
  elapsedMs: 12_000,
  fromSecond: 0,
  toSecond: 12,
  users: 1,
  requests: 300,
  failures: 0,
  bytes: 0,
  times: new Uint8Array(0),
};

test("GET /api/v1/splits has the rows by the values of a tag, and the snapshot names the tags", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  const [row] = ended.snapshot.entries;
  assert.ok(row !== undefined);
  assert.equal((await ask("/api/v1/splits?tag=region")).status, 404);
  const splits = [{ tag: "region", values: [{ value: "eu", total: ended.snapshot.total, entries: [row] }] }];
  feed.sink({ ...ended, snapshot: { ...ended.snapshot, splits }, span: SPAN });
  assert.deepEqual(
    ((await (await ask("/api/v1/snapshot")).json()) as { tags?: readonly string[] }).tags,
    ["region"],
  );
  const answer = await (await ask("/api/v1/splits?tag=region")).json() as {
    readonly tag: string;
    readonly values: readonly {
      value: string;
      total: { requests: number };
      entries: readonly { name: string; requests: number }[];
    }[];
  };
  const [eu] = answer.values;
  assert.deepEqual(
    [answer.tag, eu?.value, eu?.total.requests, eu?.entries.map(({ name, requests }) => [name, requests])],
    ["region", "eu", ended.snapshot.total.requests, [[row.name, row.requests]]],
  );
  const historyOf = async (query: string) =>
    (await (await ask(`/api/v1/history?${query}`)).json() as { history: readonly { requests: number }[] }).history;
  const total = await historyOf("entry=Aggregated&tag=region&value=eu");
  assert.equal(total.reduce((sum, { requests }) => sum + requests, 0), ended.snapshot.total.requests);
  const ofRow = await historyOf(`entry=${encodeURIComponent(`${row.method} ${row.name}`)}&tag=region&value=eu`);
  assert.equal(ofRow.reduce((sum, { requests }) => sum + requests, 0), row.requests);
  assert.equal((await ask("/api/v1/history?entry=Aggregated&tag=region&value=mars")).status, 404);
  const unknown = await ask("/api/v1/splits?tag=plan");
  assert.equal(unknown.status, 404);
  assert.match((await unknown.json() as Failed).error.message, /by "plan": no request has had this tag/);
  assert.equal((await ask("/api/v1/splits")).status, 422);
});

test("GET /api/v1/measure-history has the steps of a check, and none of what is not known", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  const measures = { checks: [{ name: "is ok", passes: 3, fails: 1 }], metrics: [], transactions: [] };
  feed.sink({ ...ended, snapshot: { ...ended.snapshot, measures }, span: SPAN });
  const read = async (query: string) => (await ask(`/api/v1/measure-history?${query}`)).json();
  const found = await read("of=checks&name=is%20ok") as { steps: readonly { count: number; passRate: number }[] };
  assert.deepEqual(found.steps.map(({ count, passRate }) => [count, passRate]), [[4, 0.75]]);
  assert.deepEqual(await read("of=metrics&kind=trend&name=x"), { of: "metrics", kind: "trend", name: "x", steps: [] });
  for (const query of ["", "of=checks", "of=metrics&name=x", "of=requests&name=x"]) {
    assert.equal((await ask(`/api/v1/measure-history?${query}`)).status, 422, query);
  }
});
