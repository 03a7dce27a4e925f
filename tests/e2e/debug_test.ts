import assert from "node:assert/strict";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 0 }, errorRate: 0 } as const;
const VISITOR = `
import { HttpUser, runSingleUser, StopUser, task } from "locust-ts";
export class Visitor extends HttpUser {
  @task async look() {
    await this.client.post("/login", { json: { user: "ada", password: "x" }, name: "log in" });
    if (this.environment.singleUserInstance !== this) throw new Error("another user");
    throw new StopUser();
  }
}
`;

test("debug: one user of the file, a line per request, then the end", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({ "locustfile.ts": VISITOR });
  const { code, stdout, stderr } = await runCli(["debug", `${folder}/locustfile.ts`, "Visitor", "-H", demo.url]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^type\tname +\tresp_ms\tresp_length\texception\nPOST\tlog in +\t\d+ +\t\d+\t\n$/);
  assert.equal(demo.requests().total, 1);
});

test("debug: a program that runs its user itself is just run, with the host of LOCUST_HOST", async () => {
  await using demo = await startDemo(QUIET);
  const folder = writeFiles({ "user.ts": `${VISITOR}\nawait runSingleUser(Visitor, { includePayload: true });` });
  const { code, stdout, stderr } = await runCli(["debug", `${folder}/user.ts`], { env: { LOCUST_HOST: demo.url } });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\t\{"user":"ada","password":"x"\}\n$/);
  assert.equal(demo.requests().total, 1);
});

test("debug: a class without a host, and a class that is not there", async () => {
  const folder = writeFiles({ "locustfile.ts": VISITOR });
  const hostless = await runCli(["debug", `${folder}/locustfile.ts`]);
  assert.equal(hostless.code, 2);
  assert.match(hostless.stderr, /Cannot request "[^"]+": it has no host/);
  const unknown = await runCli(["debug", `${folder}/locustfile.ts`, "Buyer"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /Cannot debug a "Buyer": the file exports no such class; it has Visitor/);
});
