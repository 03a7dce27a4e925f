import assert from "node:assert/strict";
import { test } from "node:test";
import { LocustError } from "../../src/base/errors.ts";
import { formatDemoStart } from "../../src/demo/demo_system.ts";
import { startDemo } from "../support/demo.ts";
import { ROUTES } from "../../src/demo/routes.ts";

test("startDemo() serves on a port of the system's choice and counts what came", async () => {
  await using demo = await startDemo({ latency: { kind: "none" } });
  const texts = await Promise.all([1, 2, 3].map(async (id) => await (await fetch(`${demo.url}/items/${id}`)).json()));
  assert.deepEqual(texts.map((item) => item.id), [1, 2, 3]);
  assert.deepEqual(demo.requests(), { total: 3, byRoute: { "GET /items/:id": 3 } });
  assert.deepEqual(await (await fetch(`${demo.url}/stats`)).json(), demo.requests());
});

test("startDemo() says which flag helps when the port is taken", async () => {
  await using first = await startDemo({ latency: { kind: "none" } });
  await assert.rejects(startDemo({ port: first.port }), (error) => {
    assert.ok(error instanceof LocustError);
    assert.equal(error.code, "address_in_use");
    assert.match(
      error.message,
      new RegExp(`^Cannot listen on 127\\.0\\.0\\.1:${first.port}: address in use; .*--port`),
    );
    return true;
  });
});

test("DemoSystem.close() gives the port back", async () => {
  const first = await startDemo({ latency: { kind: "none" } });
  await first.close();
  await using second = await startDemo({ port: first.port, latency: { kind: "none" } });
  assert.equal(second.port, first.port);
});

test("formatDemoStart() has the URL in its first line and names every page", () => {
  const text = formatDemoStart("http://127.0.0.1:8000", { latency: { kind: "fixed", ms: 5 }, errorRate: 0.025 });
  assert.match(text, /^Demo shop on http:\/\/127\.0\.0\.1:8000 \(latency: 5 ms; 2\.5 % of the orders fail\)\n/);
  for (const route of ROUTES) assert.ok(text.includes(`${route.method.padEnd(6)} ${route.path} `), route.path);
});
