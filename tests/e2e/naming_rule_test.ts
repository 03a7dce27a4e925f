/**
 * What Locust's documentation shows in Python, translated by the naming rule and by `docs/coming-from-locust.md`: one locustfile with
 * a use of each, which must be counted under the expected names. And the same in Python's spelling, which must be refused.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { runCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const TRANSLATED = `
import { setTimeout } from "node:timers/promises";
import {
  ClientPool, constant, type Environment, events, FastHttpUser, HttpUser, LoadTestShape, MarkovTaskSet, MasterRunner, poisson,
  RescheduleTask, SequentialTaskSet, type ShapeResult, STATE_STOPPED, STATE_STOPPING, tag, task, TaskSet, transition, transitions,
  WorkerRunner,
} from "locust-ts";

async function asFunction(user: Shopper) {
  await user.client.get("/function");
}

class Forum extends TaskSet<Shopper> {
  @task
  async thread() {
    await this.client.get("/thread");
    if (this.parent === this.user) this.scheduleTask("reply", true);
  }
  async reply() {
    await this.client.get("/reply");
    this.interrupt(false);
  }
}

class Walk extends MarkovTaskSet<Shopper> {
  @transitions({ product: 3, leave: 1 })
  async catalogue() {
    await this.client.get("/catalogue");
  }
  @transition("leave")
  async product() {
    await this.client.get("/product");
  }
  @transition("catalogue")
  leave() {
    this.interrupt();
  }
}

class Steps extends SequentialTaskSet<Shopper> {
  static override tasks = ["first", async (set: Steps) => void await set.client.get("/second"), "third"];
  async first() {
    await this.client.get("/first");
  }
  async third() {
    await this.client.get("/third");
    this.interrupt();
  }
}

export class Shopper extends HttpUser {
  static override fixedCount = 4;
  static override networkTimeout = 5;
  static override clientPool = new ClientPool({});
  static override tasks = new Map<typeof asFunction | typeof Forum | typeof Walk | typeof Steps, number>([
    [asFunction, 2], [Forum, 1], [Walk, 1], [Steps, 1],
  ]);
  username = "nobody";
  constructor(environment: Environment) {
    super(environment);
    this.username = "ada";
  }
  override waitTime() {
    return 0.02;
  }
  override context() {
    return { username: this.username };
  }
  override async onStart() {
    await this.client.post("/login", { form: { username: this.username } });
    this.client.headers.update({ "X-Api-Key": "k" });
  }
  @tag("all")
  @task(3)
  async everything() {
    await this.client.get("/named?id=1", { name: "/named", params: { q: "x" }, headers: { a: "b" } });
    await this.client.get("/redirects", { allowRedirects: false, timeout: { connect: 3, response: 5 } });
    this.client.requestName = "/by-attribute";
    await this.client.get("/blog?id=1");
    this.client.requestName = undefined;
    {
      using _ = this.client.renameRequest("/by-block");
      await this.client.get("/blog?id=2");
    }
    await this.rest<{ method: string }>("GET", "/rest", (res) => {
      if (res.js.method !== "GET") res.failure("wrong method");
    });
    for await (const line of this.client.iterLines("/lines")) void line;
    {
      await using res = await this.client.get("/missing", { catchResponse: true });
      if (res.status === 404) res.success();
    }
    await this.client.get("/missing", {
      name: "/uncounted",
      catchResponse: (res) => {
        if (res.status === 404) throw new RescheduleTask();
      },
    });
  }
}

export class Quick extends FastHttpUser {
  static override fixedCount = 1;
  override waitTime = poisson(20);
  @task
  static Inline = class extends TaskSet<Quick> {
    override waitTime = constant(0.1);
    @task
    async inline() {
      await this.client.get("/inline");
      this.interrupt(false);
    }
  };
}

let contexts = 0;
async function checker({ runner, stats }: Environment) {
  while (runner !== undefined && ![STATE_STOPPING, STATE_STOPPED].includes(runner.state)) {
    await setTimeout(100);
    if (stats.total.failRatio > 0.2) runner.quit();
  }
}
events.init.addListener(({ environment }) => {
  if (!(environment.runner instanceof WorkerRunner)) void checker(environment);
});
events.initCommandLineParser.addListener(({ parser }) => {
  parser.addArgument("--my-argument", { envVar: "MY_ARGUMENT", isSecret: true, default: "" });
});
events.request.addListener(({ context }) => {
  if (context["username"] === "ada") contexts++;
});
events.testStop.addListener(({ environment }) => {
  if (environment.runner instanceof MasterRunner) console.log("argument", environment.parsedOptions["myArgument"]);
  else console.log("contexts", contexts > 0);
});
events.quitting.addListener(({ environment }) => {
  if (environment.runner instanceof MasterRunner) {
    for (const entry of environment.stats.entries) console.log("row", entry.method, entry.name);
    environment.processExitCode = 7;
  }
});

export class Shape extends LoadTestShape {
  override useCommonOptions = true;
  override tick(): ShapeResult {
    const users = Number(this.runner?.environment?.parsedOptions["numUsers"]);
    return this.getRunTime() < 3 ? [users, 100] : null;
  }
}
`;

test("a locustfile that uses what Locust documents, in camelCase, counts what it shall", async () => {
  await using system = await openHttpSystem({
    "/missing": (_request, response) => response.writeHead(404).end(),
    "/lines": (_request, response) => response.end("one\ntwo\n"),
  });
  using folder = new TempFolder({ "locustfile.ts": TRANSLATED });
  const { code, stdout, stderr } = await runCli(
    ["run", folder.at("locustfile.ts"), "-H", system.url, "-u", "5", "--processes", "1", "--only-summary"],
    { env: { MY_ARGUMENT: "given" } },
  );
  assert.equal(code, 7, `${stdout}\n${stderr}`);
  const rows = [...stdout.matchAll(/^row (.*)$/gm)].map((match) => match[1]).sort();
  const gets = ["/by-attribute", "/by-block", "/catalogue", "/first", "/function", "/inline", "/lines", "/missing"];
  gets.push("/named", "/product", "/redirects", "/reply", "/rest", "/second", "/third", "/thread");
  assert.deepEqual(rows, [...gets.map((name) => `GET ${name}`), "POST /login"].sort(), `${stdout}\n${stderr}`);
  assert.match(stdout, /^argument given$/m);
  assert.match(stdout, /^contexts true$/m);
  assert.doesNotMatch(stderr, /WARNING|ERROR/);
  assert.equal(system.seen.find((request) => request.url.startsWith("/named"))?.headers["x-api-key"], "k");
});

test("Python's spelling is refused before the run, with what to write, all at once", async () => {
  using folder = new TempFolder({
    "locustfile.ts": `
import { constant, HttpUser, task } from "locust-ts";
export class Shopper extends HttpUser {
  wait_time = constant(1);
  weight = 3;
  host = "http://localhost:1";
  @task
  async browse() {
    await this.client.get("/");
  }
}
`,
  });
  const { code, stderr } = await runCli(["run", folder.at("locustfile.ts"), "-t", "1s"]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /locustfile\.ts:4: "wait_time" does nothing here; rename it to "waitTime"/);
  assert.match(stderr, /locustfile\.ts:5: .*write "static weight"/);
  assert.match(stderr, /locustfile\.ts:6: .*write "static host"/);
});
