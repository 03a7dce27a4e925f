/**
 * The contract of both APIs as a table: what each route answers in each state of a run. Answers of our own API are held against the
 * schemas of the OpenAPI document, which is checked as such.
 */
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import type { RunFeed } from "../../src/server/feed/run_feed.ts";
import { createOpenApi } from "../../src/server/api/openapi.ts";
import { recordRun } from "../support/recorded_run.ts";
import { createWebFixture } from "../support/web_fixture.ts";

const STATES = ["ready", "spawning", "running", "stopping", "stopped"] as const;
type State = (typeof STATES)[number];

const RECORDED = await recordRun();

const STARTED = {
  kind: "runStarted",
  runId: "r1",
  wallMs: 1_790_000_000_000,
  version: "1",
  locustfile: "shop.ts",
  userClasses: ["Shop"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
} as const;

/** The server in the middle of a run: what happened until a state. */
function openIn(state: State) {
  const fixture = createWebFixture({ summary: summaryOf });
  const { feed } = fixture;
  const [snapshot] = RECORDED.snapshots;
  assert.ok(snapshot !== undefined);
  const steps: readonly (readonly [State, () => void])[] = [
    ["ready", () => {}],
    ["spawning", () => {
      feed.sink(STARTED);
      feed.sink({ kind: "rampStarted", users: 10, spawnRate: 1, fromUsers: 0 });
    }],
    ["running", () => {
      feed.sink({ kind: "rampCompleted", users: 10, usersByClass: { Shop: 10 } });
      feed.sink({ kind: "ticked", snapshot: { ...snapshot, state: "running" } });
    }],
    ["stopping", () => feed.sink({ kind: "stopping", reason: { kind: "requested" } })],
    ["stopped", () => feed.sink(RECORDED.ended)],
  ];
  for (const [reached, happen] of steps) {
    happen();
    if (reached === state) break;
  }
  assert.equal(feed.state, state);
  return fixture;
}

function summaryOf(feed: RunFeed): RunSummary | undefined {
  const { snapshotMessage: snapshot } = feed;
  if (snapshot === undefined) return undefined;
  return feed.builder.build({
    snapshot,
    ledger: RECORDED.ledger.save(),
    verdict: { kind: "valid", doubts: [] },
    reason: { kind: "unfinished" },
    exitCode: null,
    thresholds: [],
  });
}

/** The status in all states, or in each of them in their order. */
type Expected = number | readonly [number, number, number, number, number];

const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) });
const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
const FROM_FIRST_TICK: Expected = [404, 404, 200, 200, 200];

const TABLE: readonly (readonly [route: string, expected: Expected, init?: RequestInit])[] = [
  ["GET /", 200],
  ["GET /healthz", 200],
  ["GET /metrics", 200],
  ["GET /licenses", 200],
  ["GET /login", 302],
  ["GET /nothing", 404],
  ["GET /api/v1/run", 200],
  ["POST /api/v1/run", [201, 409, 409, 409, 201], json({ users: 2 })],
  ["POST /api/v1/run", [422, 409, 409, 409, 422], json({ users: -2 })],
  ["POST /api/v1/run", [415, 409, 409, 409, 415], { body: "users=2" }],
  ["PATCH /api/v1/run", [409, 200, 200, 409, 409], json({ users: 3 })],
  ["PATCH /api/v1/run", [409, 200, 200, 409, 409], json({ host: "http://shop.test" })],
  ["PATCH /api/v1/run", [409, 200, 200, 409, 409], json({ host: "localhost:50051" })], // what it must be, its classes say
  ["PATCH /api/v1/run", 422, json({ host: 5 })],
  ["PATCH /api/v1/run", 422, json({})],
  ["DELETE /api/v1/run", 405],
  ["POST /api/v1/run/stop", 200],
  ["POST /api/v1/run/reset", 200],
  ["GET /api/v1/run/stop", 405],
  ["GET /api/v1/form", 200],
  ["PATCH /api/v1/user-classes/Shop", 200, json({ weight: 2 })],
  ["PATCH /api/v1/user-classes/Nobody", 404, json({ weight: 2 })],
  ["PATCH /api/v1/user-classes/Shop", 400, json([])],
  ["GET /api/v1/snapshot", 200],
  ["GET /api/v1/history", 200],
  ["GET /api/v1/history?since=3", 200],
  ["GET /api/v1/history?since=x", 422],
  ["GET /api/v1/history?times=1", 200],
  ["GET /api/v1/history?entry=GET%20/cart", FROM_FIRST_TICK],
  ["GET /api/v1/history?entry=GET%20/nope", 404],
  ["GET /api/v1/entry", FROM_FIRST_TICK],
  ["GET /api/v1/entry?entry=GET%20/cart", FROM_FIRST_TICK],
  ["GET /api/v1/entry?entry=GET%20/nope", 404],
  ["GET /api/v1/failures", 200],
  ["GET /api/v1/failures?entry=POST%20/orders", 200],
  ["GET /api/v1/summary", FROM_FIRST_TICK],
  ["GET /api/v1/workers", 200],
  ["GET /api/v1/logs", 200],
  ["GET /api/v1/logs?since=-1", 422],
  ["GET /api/v1/runs", 200],
  ["GET /api/v1/runs/none", 404],
  ["GET /api/v1/files", 200],
  ["GET /api/v1/files/csv", FROM_FIRST_TICK],
  ["GET /api/v1/files/failures.csv", FROM_FIRST_TICK],
  ["GET /api/v1/files/exceptions.csv", FROM_FIRST_TICK],
  ["GET /api/v1/files/history.csv", 200],
  ["GET /api/v1/files/summary", FROM_FIRST_TICK],
  ["GET /api/v1/files/junit", FROM_FIRST_TICK],
  ["GET /api/v1/files/html", FROM_FIRST_TICK],
  ["GET /api/v1/files/journal", 404],
  ["GET /api/v1/files/nothing", 404],
  ["POST /api/v1/check-host", 200, json({ host: "http://shop.test" })],
  ["POST /api/v1/check-host", 422, json({ host: "file:///etc/passwd" })],
  ["GET /api/v1/events", 200],
  ["GET /api/v1/openapi.json", 200],
  // Locust's.
  ["POST /swarm", 200, form({ user_count: "2", spawn_rate: "1" })],
  ["POST /swarm", 200, form({ user_count: "many", spawn_rate: "1" })],
  ["GET /swarm", 405],
  ["POST /stop", 200],
  ["GET /stop", 200],
  ["HEAD /stop", 405],
  ["POST /stats/reset", 200],
  ["GET /stats/reset", 200],
  ["HEAD /stats/reset", 405],
  ["GET /stats/requests", 200],
  ["HEAD /stats/requests", 200],
  ["GET /stats/requests/csv", 200],
  ["GET /stats/failures/csv", 200],
  ["GET /stats/requests_full_history/csv", 404],
  ["GET /stats/report", FROM_FIRST_TICK],
  ["GET /exceptions", 200],
  ["GET /exceptions/csv", 200],
  ["GET /tasks", 200],
  ["GET /logs", 200],
  ["GET /worker-count", 200],
  ["POST /user", 201, { body: '{"user_class_name":"Shop"}' }],
  ["POST /user", 400, { body: "Shop" }],
  ["PUT /user", 405],
];

const { components: { schemas }, paths } = createOpenApi("1") as unknown as OpenApi;
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
ajv.addSchema({ $id: "api", $defs: schemas });

interface OpenApi {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema?: { readonly $ref: string } }>> }>
  >;
}

/** The schema of an answer as JSON, if the document has one. */
function schemaOf(method: string, path: string, status: number): string | undefined {
  const template = Object.keys(paths).find((each) =>
    new RegExp(`^/api/v1${each.replace(/\{\w+\}/g, "[^/]+")}$`).test(path)
  );
  const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
  const response = operation?.responses[status] ?? operation?.responses["default"];
  return response?.content["application/json"]?.schema?.$ref.replace("#/components/schemas/", "");
}

function assertMatches(schema: string, value: unknown, what: string): void {
  const document = JSON.parse(JSON.stringify(schemas).replaceAll("#/components/schemas/", "#/$defs/"));
  const validate = ajv.getSchema(`answers#/$defs/${schema}`) ??
    (ajv.addSchema({ $id: "answers", $defs: document }), ajv.getSchema(`answers#/$defs/${schema}`));
  assert.ok(validate?.(value), `${what} is no ${schema}: ${JSON.stringify(validate?.errors)?.slice(0, 500)}`);
}

for (const [number, state] of STATES.entries()) {
  describe(`while the state is ${state}`, () => {
    for (const [route, expected, init] of TABLE) {
      const [method = "", address = ""] = route.split(" ");
      const status = typeof expected === "number" ? expected : expected[number] ?? 0;
      const body = init?.body === undefined ? "" : ` with ${String(init.body)}`;
      test(`${route}${body} answers ${status}`, async () => {
        const response = await openIn(state).ask(address, { method, ...init });
        const isStream = address === "/api/v1/events";
        const text = isStream ? "" : await response.text();
        if (isStream) await response.body?.cancel();
        assert.equal(response.status, status, text.slice(0, 300));
        assert.equal(response.headers.get("x-content-type-options"), "nosniff");
        if (status === 405) assert.ok(response.headers.get("allow"));
        const path = address.split("?")[0] ?? "";
        if (path.startsWith("/api/") && status >= 400) assertMatches("Error", JSON.parse(text), route);
        const schema = schemaOf(method, path, status);
        if (schema !== undefined) assertMatches(schema, JSON.parse(text), route);
      });
    }
  });
}

describe("the OpenAPI document", () => {
  test("has an operation with its own id for every method, and says what is in its path", () => {
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).map((operation) => ({ path, ...operation }))
    );
    const ids = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    for (const { path, parameters = [] } of operations) {
      const inPath = parameters.filter((each) => each.in === "path").map(({ name }) => name);
      assert.deepEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name), inPath, path);
    }
  });

  test("refers only to schemas that it has, and each of them is a JSON Schema", () => {
    const text = JSON.stringify(createOpenApi("1"));
    for (const [, name = ""] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
      assert.ok(name in schemas, name);
    }
    for (const [name, schema] of Object.entries(schemas)) {
      const own = JSON.parse(JSON.stringify(schema).replaceAll("#/components/schemas/", "api#/$defs/"));
      assert.doesNotThrow(() => ajv.compile({ ...own, $id: `own-${name}` }), name);
    }
  });
});
