/** An example of each kind of failure in the web UI, from the threads of the executable and from a worker over TCP. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { openWeb } from "../support/web_process.ts";

const LOCUSTFILE = `import { constant, HttpUser, task } from "locust-ts";
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task async order() { await this.client.post("/order", { json: { n: 1 } }); }
  @task async look() { await this.client.get("/items?token=t-1"); }
}
`;

interface Failures {
  readonly failures: readonly {
    readonly method: string;
    readonly count: number;
    readonly sample: { readonly request: string; readonly status: number; readonly body: string; readonly at: string };
  }[];
}

for (
  const [what, args] of [["a local run", []], ["a cluster", ["--workers", "1", "--master-bind-port", "0"]]] as const
) {
  test(`GET /api/v1/failures in ${what}: a sample of each kind, masked, of one row or of all`, async () => {
    await using system = await openHttpSystem({
      "/order": (_request, response) =>
        response.writeHead(409, { "content-type": "application/json" }).end('{"error":"sold out","token":"t-2"}'),
      "/items": (_request, response) => response.writeHead(500, { "content-type": "text/plain" }).end("broken"),
    });
    const web = await openWeb(["-H", system.url, "--journal", "run.ndjson", ...args], { locustfile: LOCUSTFILE });
    await web.ask("POST", "/api/v1/run", { users: 4, spawnRate: 20, runTime: "2s" });
    await web.until(({ state }) => state === "stopped");
    const { failures } = await (await web.ask("GET", "/api/v1/failures")).json() as Failures;
    assert.equal(failures.length, 2);
    const path = `/api/v1/failures?entry=${encodeURIComponent("POST /order")}`;
    const { failures: [order, ...others] } = await (await web.ask("GET", path)).json() as Failures;
    assert.deepEqual(others, []);
    assert.ok((order?.count ?? 0) > 1);
    assert.deepEqual([order?.sample.request, order?.sample.status, order?.sample.body], [
      `POST ${system.url}/order`,
      409,
      '{"error":"sold out","token":"***"}',
    ]);
    assert.ok(!Number.isNaN(Date.parse(order?.sample.at ?? "")));
    const look = failures.find(({ method }) => method === "GET");
    assert.equal(look?.sample.request, `GET ${system.url}/items?token=***`);
    for (const file of ["summary", "html", "journal"]) {
      const text = await (await web.ask("GET", `/api/v1/files/${file}`)).text();
      assert.ok(text.length > 100 && !text.includes("sold out"), `${file} holds no answers of the target`);
    }
    await web.end();
  });
}
