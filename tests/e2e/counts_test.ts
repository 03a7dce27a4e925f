/** What the tool reports is what the system counted: to the request, however a run ends. */
import assert from "node:assert/strict";
import { createRandom } from "../../src/base/random.ts";
import { type CountingServer, startCountingServer } from "../support/counting_server.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

const LOCUSTFILE = `
import { FastHttpUser, HttpUser, between, task } from "locust-ts";
export class Fast extends FastHttpUser {
  static override weight = 2;
  override waitTime = between(0, 0.02);
  @task(3) async quick() { await this.client.get("/any?ms=5", { name: "/any" }); }
  @task async slow() { await this.client.get("/slow?ms=250", { name: "/slow" }); }
}
export class Full extends HttpUser {
  override waitTime = between(0, 0.05);
  @task async post() { await this.client.post("/form?ms=20", { json: { a: 1 }, name: "/form" }); }
}
`;

const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
const random = createRandom(20_26, 7);

/** A system that only this test asks: its count is that of one run. */
async function openSystem(): Promise<CountingServer & AsyncDisposable> {
  const system = await startCountingServer();
  return { ...system, [Symbol.asyncDispose]: () => system.close() };
}

interface Entry {
  readonly name: string;
  readonly method: string;
  readonly num_requests: number;
  readonly num_failures: number;
  readonly response_times: Record<string, number>;
  readonly num_reqs_per_sec: Record<string, number>;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

for (let round = 1; round <= 10; round++) {
  const stopAfterMs = random.integer(300, 2500);
  const signal = random.choice(["SIGINT", "SIGTERM", "run-time"] as const);
  const threads = random.integer(1, 3);
  test(`a run equals the server's count, round ${round}: ${signal} after ${stopAfterMs} ms, ${threads} threads`, async () => {
    await using system = await openSystem();
    const args = ["run", "locustfile.ts", "-H", system.url, "-u", "40", "-r", "200", "--json", "--only-summary"];
    const limit = signal === "run-time" ? ["-t", String(Math.ceil(stopAfterMs / 1000))] : [];
    const run = startCli([...args, ...limit, "--processes", String(threads), "--seed", String(round)], { cwd: folder });
    if (signal !== "run-time") {
      await run.waitFor("Ramping to 40 users");
      await new Promise((resolve) => setTimeout(resolve, stopAfterMs));
      run.child.kill(signal);
    }
    const { code, stdout, stderr } = await run.ended;
    const entries = JSON.parse(stdout) as Entry[];
    const reported = sum(entries.map((entry) => entry.num_requests));
    assert.equal(reported, system.total(), stderr);
    assert.ok(reported > 0);
    assert.equal(sum(entries.map((entry) => entry.num_failures)), 0, stderr);
    for (const entry of entries) {
      assert.equal(sum(Object.values(entry.response_times)), entry.num_requests);
      assert.equal(sum(Object.values(entry.num_reqs_per_sec)), entry.num_requests);
    }
    assert.ok([0, 4].includes(code ?? -1), `exit code ${code}\n${stderr}`);
  });
}

const NEVER_ANSWERED = `
import { FastHttpUser, task } from "locust-ts";
export class Waiting extends FastHttpUser {
  @task async wait() { await this.client.get("/never?ms=60000", { name: "/never" }); }
}`;

test("a second Ctrl-C leaves at once with exit code 130", async () => {
  await using system = await openSystem();
  const hung = writeFiles({ "locustfile.ts": NEVER_ANSWERED });
  const run = startCli(["run", "locustfile.ts", "-H", system.url, "-u", "5", "-r", "50", "--stop-timeout", "50"], {
    cwd: hung,
  });
  await run.waitFor("All users spawned");
  run.child.kill("SIGINT");
  await run.waitFor("Exiting due to CTRL+C");
  await new Promise((resolve) => setTimeout(resolve, 100)); // closer together they would be one
  run.child.kill("SIGINT");
  assert.equal((await run.ended).code, 130);
});

test("a request without an answer is abandoned after the grace time and told, not counted", async () => {
  await using system = await openSystem();
  const hung = writeFiles({ "locustfile.ts": NEVER_ANSWERED });
  const { stdout, stderr } = await runCli(
    ["run", "locustfile.ts", "-H", system.url, "-u", "3", "-r", "50", "-t", "1s"],
    { cwd: hung },
  );
  assert.match(stdout, /3 requests were aborted at the end without an answer/, stdout + stderr);
  assert.match(stdout, /Aggregated +0 /);
});

test("a failed request gives exit code 1, and 0 with --exit-code-on-error 0", async () => {
  await using system = await openSystem();
  const failing = writeFiles({
    "locustfile.ts": `
import { HttpUser, constant, task } from "locust-ts";
export class Failing extends HttpUser {
  override waitTime = constant(0.1);
  @task async fail() { await this.client.get("/broken?status=503", { name: "/broken" }); }
}`,
  });
  const args = ["run", "locustfile.ts", "-H", system.url, "-t", "1s", "--only-summary"];
  const failed = await runCli(args, { cwd: failing });
  assert.equal(failed.code, 1);
  assert.match(failed.stdout, /GET \/broken: HttpError 503 Service Unavailable/);
  const forgiven = await runCli([...args, "--exit-code-on-error", "0"], { cwd: failing });
  assert.equal(forgiven.code, 0, forgiven.stderr);
});

test("a refused connection is a failed sample, never a crash", async () => {
  const { code, stdout } = await runCli(
    ["run", "locustfile.ts", "-H", "http://127.0.0.1:1", "-u", "2", "-r", "10", "-t", "1s", "--only-summary"],
    { cwd: folder },
  );
  assert.equal(code, 1);
  assert.match(stdout, /ConnectionRefused/);
});

test("users that end themselves, each after its errand, have run: the run is valid and exits with 0", async () => {
  await using system = await openSystem();
  const cwd = writeFiles({
    "locustfile.ts": `
import { FastHttpUser, StopUser, task } from "locust-ts";
export class Errand extends FastHttpUser {
  @task async once() {
    await this.client.get("/errand");
    throw new StopUser();
  }
}`,
  });
  const args = ["run", "locustfile.ts", "-H", system.url, "-u", "6", "-r", "6", "-t", "2", "--json", "--only-summary"];
  const { code, stdout, stderr } = await runCli(args, { cwd });
  assert.equal(code, 0, stderr);
  assert.deepEqual((JSON.parse(stdout) as Entry[]).map(({ name, num_requests }) => [name, num_requests]), [[
    "/errand",
    6,
  ]]);
  assert.doesNotMatch(stderr, /ever ran at the same time/);
});
