/**
 * Scenario sets of k6, Gatling and Artillery in the words of `docs/scenarios.md`, with the executable: the target counts what each of them
 * makes. Seconds stand for the minutes of their manuals; all sets run side by side.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { after, before, describe, test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

interface Received {
  readonly path: string;
  readonly scenario: string;
  readonly user: string;
  readonly tenant: string;
  readonly atMs: number;
}

const SAMPLES = ["--samples", "lines.ndjson"];

const LOCUSTFILE = `
import { FastHttpUser, tag, task, type Scenarios } from "locust-ts";
abstract class Sender extends FastHttpUser {
  async send(path: string) {
    const { scenario, parsedOptions } = this.environment;
    const query = new URLSearchParams({
      scenario: String(scenario), user: String(this.index), tenant: String(parsedOptions["tenant"]),
    });
    await this.client.get(path + "?" + query, { name: path });
  }
}
export class Iteration extends Sender {
  @task async main() { await this.send("/"); await this.sleep(0.05); }
}
export class Two extends Sender {
  @tag("contacts") @task async contacts() { await this.send("/contacts"); await this.sleep(0.05); }
  @tag("news") @task async news() { await this.send("/news"); await this.sleep(0.05); }
}
export class Slow extends Sender {
  @task async long() { await this.send("/begin"); await this.sleep(2); await this.send("/end"); }
}
export class Busy extends Sender {
  static override whenLate = "drop" as const;
  @task async main() { await this.send("/"); await this.sleep(0.3); }
}
// A virtual user of Gatling or Artillery: all its steps once, with connections and cookies of its own.
export class Visit extends Sender {
  static override freshUsers = true;
  static override iteration = "sequence" as const;
  @task async first() { await this.send("/first"); }
  @task async second() { await this.send("/second"); }
}
export const scenarios = {
  // k6
  shared: { users: Iteration, userCount: 10, spawnRate: 10, iterations: 200, runTime: "30s" },
  perVu: { users: Iteration, userCount: 10, spawnRate: 10, iterationsPerUser: 20, runTime: "30s" },
  constantVus: { users: Iteration, userCount: 10, spawnRate: 10, runTime: "3s" },
  rampingVus: { users: Iteration, stages: "0s:2, 2s:10, 1s:0" },
  constantRate: { users: Iteration, arrivalRate: "30/s", runTime: "3s", maxUsers: 50 },
  rampingRate: { users: Iteration, arrivalRate: "0s:1800/m, 1s:1800/m, 1s:3600/m, 1s:360/m", maxUsers: 50 },
  contacts: { users: Two, userCount: 5, spawnRate: 5, runTime: "2s", tags: ["contacts"], options: { tenant: "blue" } },
  news: { users: Two, userCount: 5, spawnRate: 5, startAfter: "2s", iterationsPerUser: 4, tags: ["news"] },
  graceful: { users: Slow, userCount: 4, spawnRate: 100, runTime: "1s" },
  dropping: { users: Busy, arrivalRate: "50/s", runTime: "2s", maxUsers: 2 },
  // Gatling
  atOnce: { users: Visit, userCount: 10, spawnRate: 1000, iterationsPerUser: 1 },
  rampUsers: { users: Visit, arrivalRate: "10/s", iterations: 20 },
  perSecond: { users: Visit, startAfter: "1s", arrivalRate: "20/s", runTime: "2s" },
  rampPerSecond: { users: Visit, arrivalRate: "0s:10/s, 2s:30/s" },
  child: { users: Visit, startAfter: "rampUsers", arrivalRate: "10/s", iterations: 5 },
  // Artillery
  phases: { users: Visit, arrivalRate: "0s:10/s, 1s:10/s, 2s:30/s, 0s:0, 1s:0, 0s:5/s, 1s:5/s" },
  weights: { users: [Iteration, Visit], arrivalRate: "20/s", iterations: 40 },
} satisfies Scenarios;
`;

describe("scenario sets of other tools", () => {
  const received: Received[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://target");
    const read = (name: string) => searchParams.get(name) ?? "";
    received.push({
      path,
      scenario: read("scenario"),
      user: read("user"),
      tenant: read("tenant"),
      atMs: performance.now(),
    });
    response.end("ok");
  });
  let summary: RunSummary;
  let lines: readonly { readonly scenario: string; readonly name: string }[] = [];

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
    const args = [
      "--headless",
      "--processes",
      "2",
      "--stop-timeout",
      "30",
      "-t",
      "90s",
      "--summary-file",
      "out.json",
      ...SAMPLES,
    ];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = startCli(["run", "locustfile.ts", "-H", url, ...args], { cwd: folder, timeoutMs: 120_000 });
    const { code, stdout, stderr } = await child.ended;
    // A machine that is too busy for seventeen sets at once makes the verdict invalid, and changes no count.
    assert.ok(code === 0 || code === 4, `${stdout}\n${stderr}`);
    summary = JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
    lines = readFileSync(join(folder, "lines.ndjson"), "utf8").trimEnd().split("\n").map((line) => JSON.parse(line));
  });

  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const of = (scenario: string, path?: string) =>
    received.filter((each) => each.scenario === scenario && (path === undefined || each.path === path));
  const usersOf = (list: readonly Received[]) => new Set(list.map(({ user }) => user)).size;
  const firstAt = (list: readonly Received[]) => Math.min(...list.map(({ atMs }) => atMs));
  const lastAt = (list: readonly Received[]) => Math.max(...list.map(({ atMs }) => atMs));

  const countsOf = (scenario: string, userClass: string) => {
    const counts = summary.classArrivals?.find(({ name }) => name === `${scenario}/${userClass}`);
    assert.ok(counts !== undefined);
    return counts;
  };
  /**
   * Each arrival is started, and none waits for a user. A machine that stands still for seconds starts fewer of the whole run, which says so;
   * what it counted is what came all the same.
   */
  const assertArrivals = (scenario: string, userClass: string, count: number, path?: string) => {
    const { asked, started, dropped } = countsOf(scenario, userClass);
    assert.equal(of(scenario, path).length, started, scenario);
    const { planned = 0, started: all = 0, dropped: none = 0 } = summary.arrivals ?? {};
    if (all + none < planned) return assert.match(JSON.stringify(summary.verdict), /arrivals were started/);
    assert.deepEqual({ asked, started, dropped }, { asked: count, started: count, dropped: 0 }, scenario);
  };

  test("the run ends with its scenarios", () => assert.equal(summary.run.stopReason.kind, "scenariosEnded"));

  test("each request is a line of --samples with its scenario, and counted in the split of it", () => {
    const counted = (scenario: string) =>
      summary.splits?.find(({ tag }) => tag === "scenario")?.values.find(({ value }) => value === scenario)?.total
        .requests;
    for (const scenario of new Set(received.map((each) => each.scenario))) {
      const came = of(scenario).length;
      const written = lines.filter((line) => line.scenario === scenario).length;
      assert.deepEqual({ written, counted: counted(scenario) }, { written: came, counted: came }, scenario);
    }
    assert.equal(lines.length, received.length);
  });

  test("shared-iterations: all users make so many together", () => {
    assert.equal(of("shared").length, 200);
    assert.equal(usersOf(of("shared")), 10);
  });

  test("per-vu-iterations: each user makes so many", () => {
    const byUser = Map.groupBy(of("perVu"), ({ user }) => user);
    assert.deepEqual([...byUser.values()].map((list) => list.length), Array(10).fill(20));
  });

  test("constant-vus and ramping-vus: as many users", () => {
    assert.equal(usersOf(of("constantVus")), 10);
    assert.equal(usersOf(of("rampingVus")), 10);
  });

  test("constant-arrival-rate and ramping-arrival-rate: as many iterations", () => {
    assertArrivals("constantRate", "Iteration", 90);
    assertArrivals("rampingRate", "Iteration", 30 + 45 + 33);
  });

  test("exec and env: tags pick the tasks, options are the scenario's; startTime delays it", () => {
    assert.ok(of("contacts").length > 10 && of("contacts").every((each) => each.path === "/contacts"));
    assert.ok(of("contacts").every(({ tenant }) => tenant === "blue"));
    assert.equal(of("news", "/news").length, 20);
    assert.ok(of("news").every(({ path, tenant }) => path === "/news" && tenant === "undefined"));
    assert.ok(firstAt(of("news")) - firstAt(of("contacts")) > 1500);
  });

  test("gracefulStop: with --stop-timeout the iteration in progress is made to its end", () => {
    assert.ok(of("graceful", "/begin").length >= 4);
    assert.equal(of("graceful", "/end").length, of("graceful", "/begin").length);
  });

  test("dropped_iterations: those that find no user, where the class drops them", () => {
    const { asked, started, dropped } = countsOf("dropping", "Busy");
    assert.equal(of("dropping").length, started);
    assert.equal(started + dropped, asked);
    assert.ok(asked <= 100 && dropped > started && usersOf(of("dropping")) <= 2);
  });

  test("atOnceUsers: as many newcomers, each of them once", () => {
    for (const path of ["/first", "/second"]) {
      assert.equal(of("atOnce", path).length, 10);
      assert.equal(usersOf(of("atOnce", path)), 10);
    }
  });

  test("rampUsers, constantUsersPerSec, rampUsersPerSec: as many newcomers, each of them once", () => {
    for (const [scenario, users] of [["rampUsers", 20], ["perSecond", 40], ["rampPerSecond", 40]] as const) {
      for (const path of ["/first", "/second"]) {
        assertArrivals(scenario, "Visit", users, path);
        assert.equal(usersOf(of(scenario, path)), of(scenario, path).length, "nobody comes again");
      }
    }
  });

  test("andThen: the child begins when the users of its parent have ended", () => {
    assertArrivals("child", "Visit", 5, "/first");
    assert.ok(firstAt(of("child")) > lastAt(of("rampUsers")));
  });

  test("phases: a constant rate, a ramp, a pause and a count one after the other", () => {
    assertArrivals("phases", "Visit", 10 + 40 + 5, "/first");
    const starts = of("phases", "/first").map(({ atMs }) => atMs).sort((a, b) => a - b);
    const longest = Math.max(...starts.slice(1).map((atMs, i) => atMs - (starts[i] as number)));
    assert.ok(longest > 800, `the pause: ${longest} ms`);
  });

  test("weights: each class has its part of the arrivals", () => {
    assertArrivals("weights", "Iteration", 20, "/");
    assertArrivals("weights", "Visit", 20, "/first");
  });
});
