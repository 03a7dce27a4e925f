import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { createDemoApp, type DemoApp, type DemoAppOptions } from "../../src/demo/demo_app.ts";

function openApp(options: Partial<DemoAppOptions> = {}): DemoApp {
  return createDemoApp({ latency: { kind: "none" }, errorRate: 0, seed: 1, clock: systemClock, ...options });
}

async function ask(app: DemoApp, method: string, path: string, options: {
  readonly json?: unknown;
  readonly body?: string;
  readonly headers?: Record<string, string>;
} = {}): Promise<Response> {
  return await app.fetch(
    new Request(`http://shop${path}`, {
      method,
      headers: options.headers ?? {},
      ...(options.json === undefined ? {} : { body: JSON.stringify(options.json) }),
      ...(options.body === undefined ? {} : { body: options.body }),
    }),
  );
}

async function logIn(app: DemoApp): Promise<{ readonly cookie: string }> {
  const res = await ask(app, "POST", "/login", { json: { user: "ada", password: "lovelace" } });
  assert.equal(res.status, 200);
  return { cookie: res.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

test("login: sets a session cookie, by JSON and by form", async () => {
  const app = openApp();
  assert.match((await logIn(app)).cookie, /^session=[a-z0-9]{24}$/);
  const form = await ask(app, "POST", "/login", {
    body: "user=ada&password=lovelace",
    headers: { "content-type": "application/x-www-form-urlencoded" },
  });
  assert.equal(form.status, 200);
});

test("login: refuses the wrong password with 401 and rubbish with 400", async () => {
  const app = openApp();
  assert.equal((await ask(app, "POST", "/login", { json: { user: "ada", password: "wrong" } })).status, 401);
  assert.equal((await ask(app, "POST", "/login", { body: "{" })).status, 400);
  assert.equal((await ask(app, "POST", "/login", { body: "[]" })).status, 400);
  assert.equal((await ask(app, "POST", "/login")).status, 400);
});

test("cart: belongs to a session and lives from the first item to the last", async () => {
  const app = openApp();
  assert.equal((await ask(app, "GET", "/cart")).status, 401);
  const headers = await logIn(app);
  assert.equal((await ask(app, "POST", "/cart", { json: { item: 7, count: 2 }, headers })).status, 201);
  assert.equal((await ask(app, "POST", "/cart", { json: { item: 9 }, headers })).status, 201);
  assert.equal((await ask(app, "PUT", "/cart/7", { json: { count: 5 }, headers })).status, 200);
  assert.equal((await ask(app, "DELETE", "/cart/9", { headers })).status, 204);
  assert.equal((await ask(app, "DELETE", "/cart/9", { headers })).status, 404);
  const cart = await (await ask(app, "GET", "/cart", { headers })).json();
  assert.deepEqual(cart.lines.map((line: { item: number; count: number }) => [line.item, line.count]), [[7, 5]]);
  assert.equal((await ask(app, "DELETE", "/cart", { headers })).status, 204);
  assert.equal((await (await ask(app, "GET", "/cart", { headers })).json()).lines.length, 0);
});

test("cart: refuses items that there are not, and counts that are none", async () => {
  const app = openApp();
  const headers = await logIn(app);
  for (const json of [{ item: 0 }, { item: "x" }, { item: 7, count: 0 }, { item: 7, count: 1.5 }, {}]) {
    assert.equal((await ask(app, "POST", "/cart", { json, headers })).status, 400, JSON.stringify(json));
  }
});

test("orders: an item by name, or the cart, which is empty afterwards", async () => {
  const app = openApp();
  const headers = await logIn(app);
  assert.equal((await ask(app, "POST", "/orders", { json: { item: 7 } })).status, 401);
  assert.equal((await ask(app, "POST", "/orders", { json: {}, headers })).status, 400);
  const first = await ask(app, "POST", "/orders", { json: { item: 7 }, headers });
  assert.deepEqual([first.status, await first.json()], [201, { order: 1, state: "accepted" }]);
  await ask(app, "POST", "/cart", { json: { item: 8 }, headers });
  assert.equal((await ask(app, "POST", "/orders", { headers })).status, 201);
  assert.equal((await ask(app, "POST", "/orders", { headers })).status, 400);
});

test("orders: an error rate of 1 fails all of them, with 503 and as a fine-looking refusal", async () => {
  const app = openApp({ errorRate: 1 });
  const headers = await logIn(app);
  const seen = new Set<string>();
  for (let n = 0; n < 40; n++) {
    const res = await ask(app, "POST", "/orders", { json: { item: 7 }, headers });
    seen.add(`${res.status} ${(await res.json()).state}`);
  }
  assert.deepEqual([...seen].sort(), ["201 declined", "503 undefined"]);
});

test("items: gzip where the client asks for it, the same text where not", async () => {
  const app = openApp();
  const plain = await ask(app, "GET", "/items?page=2");
  const zipped = await ask(app, "GET", "/items?page=2", { headers: { "accept-encoding": "gzip, br" } });
  assert.equal(plain.headers.get("content-encoding"), null);
  assert.equal(zipped.headers.get("content-encoding"), "gzip");
  assert.equal(gunzipSync(new Uint8Array(await zipped.arrayBuffer())).toString(), await plain.text());
  assert.equal((await ask(app, "GET", "/items?page=51")).status, 404);
});

test("search and report: bodies in parts that make whole documents", async () => {
  const app = openApp();
  const found = await (await ask(app, "GET", "/search?q=oak%20lamp")).json();
  assert.equal(found.items.length, found.count);
  assert.ok(found.count > 0);
  const lines = (await (await ask(app, "GET", "/report")).text()).trimEnd().split("\n");
  assert.equal(lines.length, 2001);
  assert.equal(lines[0], "order,item,count");
  assert.equal(lines[2000], "2000,1000,2");
});

test("offers: a redirect that leads somewhere", async () => {
  const app = openApp();
  const res = await ask(app, "GET", "/offers");
  assert.equal(res.status, 302);
  assert.equal((await ask(app, "GET", res.headers.get("location") ?? "")).status, 200);
});

test("methods: HEAD has no body, OPTIONS says what is allowed, others are 405", async () => {
  const app = openApp();
  const head = await ask(app, "HEAD", "/items/7");
  assert.deepEqual([head.status, head.body], [200, null]);
  assert.equal((await ask(app, "OPTIONS", "/cart")).headers.get("allow"), "GET, POST, DELETE");
  const put = await ask(app, "PUT", "/login");
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "POST"]);
});

test("requests(): counts each arrival under its route, and /stats not at all", async () => {
  const app = openApp();
  await ask(app, "GET", "/items?page=1");
  await ask(app, "GET", "/items/7");
  await ask(app, "GET", "/items/8");
  await ask(app, "GET", "/nowhere");
  await ask(app, "PUT", "/items");
  const byRoute = { "GET /items": 1, "GET /items/:id": 2, "(no such page)": 2 };
  assert.deepEqual(app.requests(), { total: 5, byRoute });
  assert.deepEqual(await (await ask(app, "GET", "/stats")).json(), { total: 5, byRoute });
});

/** Sleeps not at all and remembers what it was asked for. */
function createRecordingClock(slept: number[]): Clock {
  return {
    ...systemClock,
    nowMs: () => 0,
    wallMs: () => 0,
    schedule: () => ({ cancel: () => {} }),
    sleep: (delayMs) => {
      slept.push(delayMs);
      return Promise.resolve();
    },
  };
}

test("latency: fixed ones are kept to the millisecond, scaled by route, split over the report", async () => {
  const slept: number[] = [];
  const app = openApp({ latency: { kind: "fixed", ms: 4 }, clock: createRecordingClock(slept) });
  await ask(app, "GET", "/items/7");
  await ask(app, "GET", "/search?q=oak");
  await ask(app, "GET", "/health");
  assert.deepEqual(slept, [4, 8]);
  slept.length = 0;
  await (await ask(app, "GET", "/report")).text();
  assert.deepEqual(slept, Array.from({ length: 8 }, () => 12.5));
});

test("latency: the n-th answer of a route takes as long whatever else was asked meanwhile", async () => {
  const draw = async (others: number) => {
    const slept: number[] = [];
    const app = openApp({ latency: { kind: "logNormal", medianMs: 20 }, clock: createRecordingClock(slept) });
    for (let n = 0; n < others; n++) await ask(app, "GET", "/search?q=oak");
    slept.length = 0;
    for (let n = 0; n < 5; n++) await ask(app, "GET", "/items/7");
    return slept;
  };
  assert.deepEqual(await draw(0), await draw(3));
});
