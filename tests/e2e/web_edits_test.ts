/** Edits of runs in the web UI of the executable: another host in mid-run, options of a start, attributes of user classes. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { openWeb } from "../support/web_process.ts";

const LOCUSTFILE = `import { constant, events, HttpUser, task } from "locust-ts";
events.initCommandLineParser.addListener(({ parser }) => parser.addArgument("--tenant", { default: "acme" }));
events.testStart.addListener(({ environment }) => {
  if (environment.runner?.role === "master") console.log("tenant", environment.parsedOptions.tenant, environment.host);
});
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task async look() { await this.client.get("/look"); }
  @task async order() { await this.client.get("/order"); }
}
`;

for (
  const [what, args] of [["a local run", []], ["a cluster", ["--workers", "1", "--master-bind-port", "0"]]] as const
) {
  test(`PATCH host in ${what}: users that run go to the other host, and the next start has it`, async () => {
    await using first = await openHttpSystem();
    await using second = await openHttpSystem();
    const web = await openWeb(["-H", first.url, "--journal", "none", ...args], { locustfile: LOCUSTFILE });
    await web.ask("POST", "/api/v1/run", { users: 3, spawnRate: 30 });
    await web.until(({ state }) => state === "running");
    const refused = [{ users: 9, runTime: 900, options: { tenant: "umbrella" }, host: "" }, { users: 9, rate: "5/s" }];
    for (const order of refused) {
      assert.equal((await web.ask("PATCH", "/api/v1/run", order)).status, 422);
    }
    const { plan } = await web.run() as unknown as { plan: { users: number; runTimeSeconds: number | null } };
    assert.deepEqual([plan.users, plan.runTimeSeconds], [3, null], "of an order that was refused nothing is done");
    const { options } = await (await web.ask("GET", "/api/v1/form")).json() as { options: { value: unknown }[] };
    assert.deepEqual(options.map(({ value }) => value), ["acme"]);
    const patch = await web.ask("PATCH", "/api/v1/run", { host: second.url });
    assert.equal(patch.status, 200);
    assert.equal((await patch.json() as { plan: { host: string } }).plan.host, second.url);
    // Each thread hears of it in its own time: once all have, the first host is left alone.
    let stayed = NaN;
    for (let tries = 0; tries < 20 && stayed !== first.seen.length; tries++) {
      stayed = first.seen.length;
      const enough = second.seen.length + 40;
      while (second.seen.length < enough) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(first.seen.length, stayed, "no user stays at the first host");
    const { markers } = await (await web.ask("GET", "/api/v1/snapshot")).json() as { markers: { text: string }[] };
    assert.ok(markers.some(({ text }) => text === `host ${second.url}`));
    await web.ask("POST", "/api/v1/run/stop");
    const { defaults } = await (await web.ask("GET", "/api/v1/form")).json() as { defaults: { host: string } };
    assert.equal(defaults.host, second.url);
    assert.equal((await web.ask("PATCH", "/api/v1/run", { host: first.url })).status, 409);
    await web.end();
  });
}

const OPTIONS_FILE = `import { constant, events, task, User } from "locust-ts";
events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--tenant", { default: "acme" });
  parser.addArgument("--retries", { type: "integer", default: 1 });
  parser.addArgument("--api-key", { default: "k-1", secret: true });
});
events.runEvent.addListener(({ event, environment: { parsedOptions } }) => {
  if (event.kind === "optionsChanged") console.log("control:", parsedOptions.tenant, parsedOptions.apiKey);
});
export class Visitor extends User {
  waitTime = constant(0.05);
  @task async look() {
    const { tenant, retries, apiKey } = this.environment.parsedOptions;
    await events.request.measure("CALL", [tenant, retries, String(apiKey).length].join(" "), () => this.sleep(0.001));
  }
}
`;

for (
  const [what, args] of [["a local run", []], ["a cluster", ["--workers", "1", "--master-bind-port", "0"]]] as const
) {
  test(`PATCH options in ${what}: users that run find them, as do users to come and the control thread`, async () => {
    const web = await openWeb(["--journal", "run.ndjson", ...args], { locustfile: OPTIONS_FILE });
    const rows = async () => {
      const { rows, markers } = await (await web.ask("GET", "/api/v1/snapshot")).json() as {
        rows: { name: string; currentPerSecond: number }[];
        markers: { kind: string; text: string }[];
      };
      return { names: rows.map(({ name }) => name), edits: markers.filter(({ kind }) => kind === "edit") };
    };
    const untilRow = async (name: string) => {
      for (let i = 0; i < 100 && !(await rows()).names.includes(name); i++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.ok((await rows()).names.includes(name), `${name} of ${(await rows()).names}`);
    };
    await web.ask("POST", "/api/v1/run", { users: 2, spawnRate: 20 });
    await untilRow("acme 1 3");
    const wrong = await web.ask("PATCH", "/api/v1/run", { options: { retries: "many" } });
    assert.deepEqual([wrong.status, (await wrong.json() as { error: { field: string } }).error.field], [
      422,
      "options",
    ]);
    assert.equal((await web.ask("PATCH", "/api/v1/run", { options: { tenannt: "x" } })).status, 422);
    const right = await web.ask("PATCH", "/api/v1/run", { options: { tenant: "umbrella", "api-key": "k-12345" } });
    assert.equal(right.status, 200);
    await untilRow("umbrella 1 7");
    await web.cli.waitFor("control: umbrella k-12345");
    assert.deepEqual((await rows()).edits.map(({ text }) => text), ["tenant umbrella, apiKey ***"]);
    const form = new URLSearchParams({ user_count: "3", spawn_rate: "10", retries: "4" });
    const swarm = await fetch(`${web.url}/swarm`, { method: "POST", body: form });
    assert.equal((await swarm.json() as { success: boolean }).success, true);
    await untilRow("umbrella 4 7");
    await web.ask("POST", "/api/v1/run/stop");
    const { options } = await (await web.ask("GET", "/api/v1/form")).json() as {
      options: { name: string; value: unknown }[];
    };
    assert.deepEqual(options.map(({ value }) => value), ["umbrella", 4, null], "of the next start");
    const journal = await (await web.ask("GET", "/api/v1/files/journal")).text();
    assert.match(journal, /"kind":"optionsChanged","options":\{"tenant":"umbrella","apiKey":"\*\*\*"\}/);
    assert.ok(!journal.includes("k-12345"));
    await web.end();
  });
}

test("listeners in the control thread see the options and the host of each start", async () => {
  await using system = await openHttpSystem();
  const web = await openWeb([], { locustfile: LOCUSTFILE });
  await web.ask("POST", "/api/v1/run", { users: 1, host: system.url, options: { tenant: "umbrella" } });
  await web.cli.waitFor(`tenant umbrella ${system.url}`);
  await web.end();
});

test("PATCH /api/v1/user-classes/NAME and Locust's POST /user: tasks and weight from the next start on", async () => {
  await using system = await openHttpSystem();
  const web = await openWeb(["-H", system.url, "--class-picker"], { locustfile: LOCUSTFILE });
  const changed = await web.ask("PATCH", "/api/v1/user-classes/Visitor", { weight: 3, tasks: ["order"] });
  assert.equal(changed.status, 200);
  const { weight, tasks } = await changed.json() as { weight: number; tasks: string[] };
  assert.deepEqual([weight, tasks], [3, ["order"]]);
  assert.equal((await web.ask("PATCH", "/api/v1/user-classes/Nobody", { weight: 3 })).status, 404);
  const wrong = await web.ask("PATCH", "/api/v1/user-classes/Visitor", { weight: -1 });
  assert.equal(wrong.status, 422);
  assert.equal((await wrong.json() as { error: { field: string } }).error.field, "weight");
  await web.ask("POST", "/api/v1/run", { users: 2, spawnRate: 10, runTime: 2 });
  await web.until(({ state }) => state === "stopped");
  assert.deepEqual(new Set(system.seen.map(({ url }) => url)), new Set(["/order"]));
  const gear = { user_class_name: "Visitor", tasks: ["look"] };
  assert.equal((await web.ask("POST", "/user", gear)).status, 201);
  system.seen.length = 0;
  await web.ask("POST", "/api/v1/run", { runTime: 2 });
  await web.until(({ state }) => state === "stopped");
  assert.deepEqual(new Set(system.seen.map(({ url }) => url)), new Set(["/look"]));
  await web.end();
});

test("intended against achieved load of paced users, in snapshot and ticks", async () => {
  const locustfile = `import { constantThroughput, task, User } from "locust-ts";
export class Paced extends User {
  waitTime = constantThroughput(2);
  @task async act() { await this.sleep(0.01); }
}
`;
  const web = await openWeb([], { locustfile });
  await web.ask("POST", "/api/v1/run", { users: 4, spawnRate: 50 });
  await web.until(({ state }) => state === "running");
  type Pace = { readonly intendedPerSecond: number; readonly achievedPerSecond: number } | null;
  let pace: Pace = null;
  while (pace === null || pace.intendedPerSecond < 6) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ({ pace } = await (await web.ask("GET", "/api/v1/snapshot")).json() as { pace: Pace });
  }
  assert.ok(pace.intendedPerSecond <= 8, `${pace.intendedPerSecond}`);
  assert.ok(pace.achievedPerSecond > 0 && pace.achievedPerSecond <= 10, `${pace.achievedPerSecond}`);
  await web.ask("POST", "/api/v1/run/stop");
  await web.until(({ state }) => state === "stopped");
  assert.equal((await (await web.ask("GET", "/api/v1/snapshot")).json() as { pace: Pace }).pace, null);
  await web.end();
});

type FormStart = { readonly shapePoints: Record<string, unknown>; readonly shape: string | null };

const formOf = async (web: Awaited<ReturnType<typeof openWeb>>) =>
  await (await web.ask("GET", "/api/v1/form")).json() as FormStart;

test("the start form has drawings of the shapes that may be started", async () => {
  const locustfile = `import { StagesShape, task, User } from "locust-ts";
export class Morning extends StagesShape { stages = "10s:20,20s:20"; }
export class Visitor extends User { @task async look() { await this.sleep(1); } }
`;
  const shaped = await openWeb([], { locustfile });
  while ((await formOf(shaped)).shapePoints["Morning"] === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual((await formOf(shaped)).shapePoints, { Morning: [[0, 0], [10, 20], [30, 20]] });
  await shaped.end();
  const staged = await openWeb(["--stages", "4s:8,6s:8", "--class-picker"], { locustfile });
  assert.deepEqual((await formOf(staged)).shapePoints["--stages"], [[0, 0], [4, 8], [10, 8]]);
  // another shape, and the stages again
  for (const shape of ["Morning", "--stages"]) {
    const read = async () =>
      await (await staged.ask("GET", "/api/v1/run")).json() as { runId: string | null; plan: { shape: string } | null };
    const { runId: earlier } = await read();
    assert.equal((await staged.ask("POST", "/api/v1/run", { shape })).status, 201);
    let run = await read(); // no run is told of until the one that was asked for has begun
    while (run.runId === null || run.runId === earlier) run = await read();
    assert.equal(run.plan?.shape, shape);
    assert.equal((await formOf(staged)).shape, shape);
    await staged.ask("POST", "/api/v1/run/stop", {});
    await staged.until(({ state }) => state === "stopped");
  }
  await staged.end();
});

test("an edit right after the start is taken, however long listeners of testStart prepare the run; any host where users need no URL", async () => {
  const locustfile = `import { constant, events, task, User } from "locust-ts";
events.testStart.addListener(() => new Promise((resolve) => setTimeout(resolve, 800)));
export class Caller extends User {
  waitTime = constant(0.05);
  @task call() { events.request.fire({ requestType: "RPC", name: this.host, responseTime: 1 }); }
}
`;
  const web = await openWeb(["-H", "localhost:50051", "--journal", "none"], { locustfile });
  const form = await (await web.ask("GET", "/api/v1/form")).json() as { defaults: { host: string } };
  const { host } = form.defaults;
  assert.equal((await web.ask("POST", "/api/v1/run", { users: 1, spawnRate: 30, host })).status, 201);
  assert.equal((await web.ask("PATCH", "/api/v1/run", { users: 4, host: "grpc.test" })).status, 200);
  await web.until(({ state, users }) => state === "running" && users === 4);
  const { plan } = await (await web.ask("GET", "/api/v1/run")).json() as { plan: { host: string } };
  assert.equal(plan.host, "grpc.test");
  await web.ask("POST", "/api/v1/run/stop");
  const swarm = new URLSearchParams({ user_count: "1", spawn_rate: "30", host: "" });
  const answers = [];
  for (const users of ["1", "3"]) {
    swarm.set("user_count", users);
    const answer = await fetch(new URL("/swarm", web.url), { method: "POST", body: swarm });
    answers.push((await answer.json() as { success: boolean }).success);
  }
  assert.deepEqual(answers, [true, true]);
  await web.until(({ state, users }) => state === "running" && users === 3);
  await web.end();
});
