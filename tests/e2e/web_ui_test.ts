/** The web UI of the executable over real sockets: several runs in one process, their files, safety, signals, a cluster. */
import { strict as assert } from "node:assert";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { openWeb as open, WEB_LOCUSTFILE as LOCUSTFILE, type WebRunState as Run } from "../support/web_process.ts";

describe("locust-ts run --web", () => {
  test("start, edit, stop, start anew: each run with its own id, files, verdict and place in the list", async () => {
    const web = await open([
      "--csv",
      "out",
      "--summary-file",
      "sum.json",
      "--runs-dir",
      "runs",
      "--threshold",
      "requests>0",
    ]);
    const ids = new Set<string>();
    for (let number = 1; number <= 3; number++) {
      assert.equal((await web.ask("POST", "/api/v1/run", { users: 2, spawnRate: 10 })).status, 201);
      const { runId } = await web.until(({ state }) => state === "running");
      ids.add(runId ?? "");
      assert.equal((await web.ask("POST", "/api/v1/run", {})).status, 409);
      assert.equal((await web.ask("PATCH", "/api/v1/run", { users: 4, spawnRate: 10 })).status, 200);
      await web.until(({ users }) => users === 4);
      const stopped = await (await web.ask("POST", "/api/v1/run/stop")).json() as Run;
      assert.equal(stopped.state, "stopped");
      assert.equal(stopped.exitCode, 0);
    }
    assert.equal(ids.size, 3);
    const { runs } = await (await web.ask("GET", "/api/v1/runs")).json() as {
      runs: { id: string; requests: number }[];
    };
    assert.deepEqual(new Set(runs.map(({ id }) => id)), ids);
    assert.equal(readdirSync(join(web.cwd, "runs")).length, 3);
    for (const [i, suffix] of ["", "-2", "-3"].entries()) {
      const summary = JSON.parse(readFileSync(join(web.cwd, `sum${suffix}.json`), "utf8"));
      const listed = runs[2 - i];
      assert.equal(summary.run.id, listed?.id);
      assert.equal(summary.total.requests, listed?.requests);
      assert.ok(existsSync(join(web.cwd, `out${suffix}_stats.csv`)));
    }
    const { code, stderr } = await web.end();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Shutting down \(exit code 0\)/);
  });

  test("Locust's API: swarm with a run time, statistics, stop", async () => {
    const web = await open([]);
    const body = new URLSearchParams({ user_count: "2", spawn_rate: "10", run_time: "2s" });
    const swarm = await (await fetch(`${web.url}/swarm`, { method: "POST", body })).json() as { success: boolean };
    assert.equal(swarm.success, true);
    await web.until(({ state }) => state === "stopped");
    const stats = await (await web.ask("GET", "/stats/requests")).json() as {
      state: string;
      stats: { name: string; num_requests: number }[];
    };
    assert.equal(stats.state, "stopped");
    const api = await (await web.ask("GET", "/api/v1/snapshot")).json() as { total: { requests: number } };
    assert.equal(stats.stats.at(-1)?.num_requests, api.total.requests);
    assert.ok(api.total.requests > 0);
    for (
      const name of ["html", "csv", "failures.csv", "exceptions.csv", "history.csv", "summary", "junit", "markdown"]
    ) {
      const file = await web.ask("GET", `/api/v1/files/${name}`);
      assert.equal(file.status, 200, name);
      assert.match(file.headers.get("content-disposition") ?? "", /^attachment; filename="locust-ts-/);
      assert.ok((await file.text()).length > 30, name);
    }
    const metrics = await (await web.ask("GET", "/metrics")).text();
    assert.match(metrics, /^locust_up 1$/m);
    await web.end();
  });

  test("events arrive over a socket, compressed, and end with the process", async () => {
    const web = await open(["--autostart", "-u", "1"]);
    const response = await fetch(`${web.url}/api/v1/events`, { headers: { "Accept-Encoding": "gzip" } });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!/event: tick/.test(text)) {
      const { value, done } = await reader.read();
      assert.equal(done, false);
      text += value ?? "";
    }
    assert.match(text, /^id: \d+\nevent: snapshot\n/);
    await reader.cancel();
    const { code } = await web.end();
    assert.equal(code, 0);
  });

  test("--class-picker runs the classes that were picked; without it they are refused", async () => {
    const plain = await open([]);
    const refused = await plain.ask("POST", "/api/v1/run", { userClasses: ["Buyer"] });
    assert.equal(refused.status, 422);
    await plain.end();
    const web = await open(["--class-picker"]);
    await web.ask("POST", "/api/v1/run", { users: 2, userClasses: ["Buyer"], runTime: 2 });
    await web.until(({ state }) => state === "stopped");
    const { rows } = await (await web.ask("GET", "/api/v1/snapshot")).json() as { rows: { name: string }[] };
    assert.deepEqual(rows.map(({ name }) => name), ["buy"]);
    await web.end();
  });

  test("--autostart --autoquit: the process ends by itself with the run's exit code", async () => {
    const cwd = writeFiles({ "shop.ts": LOCUSTFILE });
    const args = ["--autostart", "--autoquit", "0", "-t", "2", "--threshold", "p95<1us", "-P", "0"];
    const { code, stderr } = await startCli(["-f", "shop.ts", ...args], { cwd }).ended;
    assert.equal(code, 3, stderr);
  });

  test("a master with workers of its own runs twice from the web UI", async () => {
    const web = await open(["--workers", "1", "--master-bind-port", "0", "--journal", "none"]);
    for (let number = 0; number < 2; number++) {
      await web.ask("POST", "/api/v1/run", { users: 3, spawnRate: 10 });
      await web.until(({ state, users }) => state === "running" && users === 3);
      const { runs } = await (await web.ask("GET", "/api/v1/runs")).json() as { runs: { endedAt: string | null }[] };
      assert.equal(runs.length, number + 1);
      assert.equal(runs[0]?.endedAt, null, "the run that is on");
      await web.ask("POST", "/api/v1/run/stop");
    }
    const { runs } = await (await web.ask("GET", "/api/v1/runs")).json() as { runs: { endedAt: string | null }[] };
    assert.equal(runs.length, 2);
    assert.ok(runs.every(({ endedAt }) => endedAt !== null));
    assert.equal((await web.end()).code, 0);
  });

  test("--web-login prints a password once, which is in no log, and a spectators' link", async () => {
    const web = await open(["--web-login", "--web-spectators"]);
    await web.cli.waitFor(/Spectators: \S+/);
    const password = /Web UI password: (\S+)/.exec(web.cli.stderr())?.[1] ?? "";
    assert.equal((await web.ask("GET", "/api/v1/run")).status, 401);
    const body = new URLSearchParams({ password });
    const login = await fetch(`${web.url}/login`, { method: "POST", body, redirect: "manual" });
    assert.equal(login.status, 303);
    const cookie = (login.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    const logs = await (await web.ask("GET", "/api/v1/logs", undefined, { cookie })).text();
    assert.ok(!logs.includes(password));
    const link = /Spectators: (\S+)/.exec(web.cli.stderr())?.[1] ?? "";
    const spectator = await fetch(link, { redirect: "manual" });
    const spectatorCookie = (spectator.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    assert.equal((await web.ask("POST", "/api/v1/run", {}, { cookie: spectatorCookie })).status, 403);
    assert.equal((await web.ask("GET", "/api/v1/run", undefined, { cookie: spectatorCookie })).status, 200);
    await web.end();
  });

  test("a port in use is exit code 2 and names the flag", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const cwd = writeFiles({ "shop.ts": LOCUSTFILE });
    const { code, stderr } = await startCli(["run", "shop.ts", "--web", "-P", String(port)], { cwd }).ended;
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`Cannot listen on 127.0.0.1:${port}: address in use; choose another with --web-port`),
    );
    server.close();
  });
});
