/** A real run of both clients with what callers get wrong: every call ends as a success, a failure, or a named mistake. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const TASK = `
  async once() {
    const client: any = this.client;
    await client.get("/items", { name: 7 });
    await client.get(new URL("/url", client.baseUrl));
    await client.get("/map", { params: new Map([["a", 1]]), name: null });
    await client.get("/verdict", { catchResponse: (res: any) => res.failure(undefined) });
    const form = new FormData();
    form.append("f", new Blob(["x"]));
    await client.post("/upload", { body: form });
    for (const options of [{ timeout: "1" }, { headers: { "X-A": undefined } }, { tls: { cafile: "x" } }, { name: {} }]) {
      try {
        await client.get("/wrong", options);
      } catch (error) {
        console.log("MISTAKE " + (error as Error).message);
      }
    }
    throw new StopUser();
  }`;

test("a run with mistakes of the caller: what is obvious is done, the rest is named, nothing is lost", async () => {
  await using system = await openHttpSystem();
  const folder = writeFiles({
    "locustfile.ts": `import { FastHttpUser, HttpUser, StopUser, task } from "locust-ts";
export class Full extends HttpUser { @task ${TASK} }
export class Fast extends FastHttpUser { @task ${TASK} }`,
  });
  const args = ["run", "-f", "locustfile.ts", "-H", `${system.url}/`, "-u", "2", "-r", "2", "-t", "2s", "--headless"];
  const { code, stdout, stderr } = await runCli([...args, "--only-summary"], { cwd: folder });
  assert.equal(code, 1, stderr);
  const urls = system.seen.map((request) => request.url).sort();
  const once = ["/items", "/map?a=1", "/upload", "/url", "/verdict"];
  assert.deepEqual(urls, once.flatMap((url) => [url, url]));
  for (
    const mistake of [
      /"timeout" is "1"; give seconds above 0/,
      /the header "X-A": its value is undefined/,
      /"tls" has no "cafile"/,
      /an object as the option "name"/,
    ]
  ) assert.match(stdout + stderr, mistake);
  assert.match(stdout, /2 +GET \/verdict: failure\(\) got no reason: it was undefined/);
  assert.match(stdout, /GET +7 +2 /);
  assert.doesNotMatch(stdout, /\/wrong/);
});
