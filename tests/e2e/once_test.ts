import assert from "node:assert/strict";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 0 }, errorRate: 0 } as const;

const SHOP = `
import { FastHttpUser, HttpUser, MarkovTaskSet, SequentialTaskSet, StopUser, tag, task, transition } from "locust-ts";
class Checkout extends SequentialTaskSet {
  override async onStart() { await this.client.get("/items/1"); }
  @task async first() { await this.client.get("/items/2"); }
  @task leave() { this.interrupt(); }
  @task async last() { await this.client.get("/items/3"); }
  override async onStop() { await this.client.get("/items/4"); }
}
class Walk extends MarkovTaskSet {
  @transition("there") async here() { await this.client.get("/items/5"); }
  @transition("here") async there() { await this.client.get("/items/6"); }
}
export class Buyer extends HttpUser {
  static override tasks = [Checkout, Walk];
  override async onStart() { await this.client.post("/login", { json: { user: "ada", password: "s3cret" } }); }
  @task(5) async search() { await this.client.get("/search?q=oak", { name: "search" }); }
  @task gone() { throw new StopUser(); }
}
export class Visitor extends FastHttpUser {
  @tag("look") @task async look() { await this.client.get("/items?page=1"); }
}
`;

test("--once: each task of each class runs one time, sets are entered and left, requests are printed in full", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({ "locustfile.ts": SHOP });
  const { code, stdout, stderr } = await runCli(["run", `${folder}/locustfile.ts`, "-H", demo.url, "--once"]);
  assert.equal(code, 0, stdout + stderr);
  const steps = [...stdout.matchAll(/^--- (.*)$/gm)].map((match) => match[1]);
  assert.deepEqual(steps.toSorted(), [
    "Buyer.Checkout.first",
    "Buyer.Checkout.last",
    "Buyer.Checkout.leave",
    "Buyer.Checkout.onStart",
    "Buyer.Checkout.onStop",
    "Buyer.Walk.here",
    "Buyer.Walk.there",
    "Buyer.gone",
    "Buyer.onStart",
    "Buyer.search",
    "Visitor.look",
  ]);
  assert.equal(demo.requests().total, 9, "no request beside those that are printed");
  assert.match(stdout, /> POST \/login HTTP\/1\.1\n> Host: /);
  assert.match(stdout, /> \{"user":"ada","password":"s3cret"\}\n< HTTP\/1\.1 200 OK\n/);
  assert.match(stdout, /> Cookie: session=/, "the session of the log-in goes on");
  assert.match(stdout, /^= GET search: [\d.]+ ms, \d+ bytes, ok$/m);
  assert.match(stdout, /\(Buyer\.gone: StopUser/);
  assert.match(stdout, /\n2 user classes, 8 tasks, 9 requests, 0 failed, 0 exceptions\n$/);
});

test("--once: an exception is shown with its lines, a failure with its text; the exit code is 1", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({
    "locustfile.ts": `import { HttpUser, task } from "locust-ts";
export class Broken extends HttpUser {
  @task
  async boom() {
    throw new TypeError("no such thing");
  }
  @task
  async missing() {
    await this.client.get("/nowhere");
  }
}
`,
  });
  const { code, stdout } = await runCli(["run", `${folder}/locustfile.ts`, "-H", demo.url, "--once"]);
  assert.equal(code, 1);
  assert.match(stdout, /!!! Broken\.boom: TypeError: no such thing\n {4}at \S+locustfile\.ts:5:\d+/);
  assert.match(stdout, /> 5 \| {5}throw new TypeError\("no such thing"\);/);
  assert.match(stdout, /= GET \/nowhere: .*, failed: HttpError 404 Not Found/);
  assert.match(stdout, /1 failed, 1 exception\n$/);
});

test("--once: tags and class names restrict it; a refused connection is a failure that is shown", async () => {
  const folder = writeFiles({ "locustfile.ts": SHOP });
  const args = ["run", `${folder}/locustfile.ts`, "Visitor", "-H", "http://127.0.0.1:1", "--once", "--tags", "look"];
  const { code, stdout } = await runCli(args);
  assert.equal(code, 1);
  assert.match(stdout, /< no response: ConnectionRefused after /);
  assert.match(stdout, /1 user class, 1 task, 1 request, 1 failed/);
});

test("--once: bodies that are not text are shown as such, compressed ones decoded, long ones cut", async () => {
  const folder = writeFiles({
    "locustfile.ts": `import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { HttpUser, events, task } from "locust-ts";
let base = "";
events.runSetup.addListener(() => new Promise((resolve) => {
  const server = createServer((request, response) => {
    if (request.url === "/png") response.setHeader("content-type", "image/png").end(Buffer.from([0x89, 0x50, 0, 1]));
    else if (request.url === "/zip") response.setHeader("content-encoding", "gzip").end(gzipSync("packed words"));
    else response.end("x".repeat(50000));
  });
  server.listen(0, "127.0.0.1", () => resolve({ base: "http://127.0.0.1:" + (server.address() as { port: number }).port }));
}));
export class Looker extends HttpUser {
  static override host = "http://127.0.0.1:1";
  @task async all() {
    base = (this.environment.shared as { base: string }).base;
    await this.client.get(base + "/png");
    await this.client.get(base + "/zip");
    await this.client.get(base + "/long");
  }
}
`,
  });
  const { code, stdout, stderr } = await runCli(["run", `${folder}/locustfile.ts`, "--once"]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, /< \[4 bytes of image\/png\]/);
  assert.match(stdout, /< packed words/);
  assert.match(stdout, /< … the first 10000 characters of 50000 bytes/);
});

test("--once: a task that never ends is left by Ctrl-C, with what there is so far", async () => {
  const folder = writeFiles({
    "locustfile.ts": `import { User, task } from "locust-ts";
export class Stuck extends User {
  @task async forever() { await new Promise(() => {}); }
}
`,
  });
  const run = startCli(["run", `${folder}/locustfile.ts`, "--once"]);
  await run.waitFor("--- Stuck.forever");
  run.child.kill("SIGINT");
  const { code, stdout } = await run.ended;
  assert.equal(code, 130);
  assert.match(stdout, /1 user class, 1 task, 0 requests/);
});
