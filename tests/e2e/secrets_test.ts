/** Passwords and tokens of URLs: none is in anything that a run writes, prints or answers. */
import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";
import { openWeb } from "../support/web_process.ts";

/** Secrets in each place where a locustfile can have a URL; all contain `hush`. */
const LOCUSTFILE = `import { constant, HttpUser, task } from "locust-ts";
export class Visitor extends HttpUser {
  waitTime = constant(0.05);
  @task look() { return this.client.get("/items?token=hush-query&page=2", { name: "/items?token=[t]" }); }
  @task other() { return this.client.get("http://eve:hush-absolute@127.0.0.1:1/away"); }
  @task async refuse() {
    await using res = await this.client.get("/items", { catchResponse: true });
    res.failure("no answer of https://kim:hush-failure@cache.test/");
  }
  @task warn() { this.environment.logger.warning("slow: http://lee:hush-log@db.test/"); }
  @task fail() { throw new Error("cannot reach redis://:hush-exception@db.test/0"); }
}
export class Other extends HttpUser {
  static host = "http://sam:hush-static@127.0.0.1:1";
  waitTime = constant(0.05);
  @task look() { return this.client.get("/"); }
}
`;

const PRINTS = ["csv", "html", "json-file", "journal", "junit", "logfile", "markdown", "samples", "summary-file"];

function assertNoSecret(text: string, where: string): void {
  const found = /.{0,60}hush.{0,20}/.exec(text)?.[0];
  assert.equal(found, undefined, `in ${where}`);
}

for (
  const [what, args] of [["a local run", []], ["a cluster", ["--workers", "1", "--master-bind-port", "0"]]] as const
) {
  test(`${what} writes and prints no password of a URL`, async () => {
    await using system = await openHttpSystem();
    const host = system.url.replace("//", "//ada:hush-host@");
    const configUsers = JSON.stringify([{ user_class_name: "Other", host: host.replace("host", "config") }]);
    const cwd = writeFiles({ "shop.ts": LOCUSTFILE });
    const outputs = PRINTS.flatMap((name) => [`--${name}`, name === "samples" ? "samples.csv" : `out.${name}`]);
    const result = await runCli(
      [
        "run",
        "shop.ts",
        "-u",
        "4",
        "-r",
        "20",
        "-t",
        "2s",
        "-H",
        host,
        "--config-users",
        configUsers,
        ...outputs,
        ...args,
      ],
      { cwd },
    );
    assertNoSecret(result.stdout, "standard output");
    assertNoSecret(result.stderr, "standard error");
    const files = readdirSync(cwd).filter((name) => name !== "shop.ts");
    assert.ok(files.length >= PRINTS.length, files.join(" "));
    for (const file of files) assertNoSecret(readFileSync(join(cwd, file), "utf8"), file);
    assert.match(readFileSync(join(cwd, "out.logfile"), "utf8"), /slow: http:\/\/\*\*\*@db\.test\//);
    assert.match(readFileSync(join(cwd, "out.summary-file"), "utf8"), /"name":"\/items\?token=\[t\]"/);
    const headers = system.seen.map((request) => request.headers["authorization"]);
    assert.ok(headers.includes(`Basic ${btoa("ada:hush-host")}`), "what was sent has it");
    for (const again of ["--html", "--summary-file", "--markdown", "--junit"]) {
      const report = await runCli(["report", "out.journal", again, `again${again}`], { cwd });
      assertNoSecret(
        report.stdout + report.stderr + readFileSync(join(cwd, `again${again}`), "utf8"),
        `report ${again}`,
      );
    }
  });
}

test("the web UI answers no password of a URL", async () => {
  await using system = await openHttpSystem();
  const host = system.url.replace("//", "//ada:hush-host@");
  const configUsers = JSON.stringify([{ user_class_name: "Other", host: host.replace("host", "config") }]);
  const args = ["-H", host, "--config-users", configUsers, "--class-picker"];
  const web = await openWeb(args, { locustfile: LOCUSTFILE });
  const paths = [
    "/",
    "/api/v1/run",
    "/api/v1/form",
    "/api/v1/snapshot",
    "/api/v1/history",
    "/api/v1/summary",
    "/api/v1/runs",
    "/api/v1/failures",
    "/api/v1/logs",
    "/stats/requests",
    "/logs",
    "/exceptions",
    "/exceptions/csv",
    "/tasks",
    "/metrics",
    "/stats/report",
    "/stats/failures/csv",
    "/stats/requests/csv",
  ];
  const look = async () => {
    let read = 0;
    for (const path of paths) {
      const response = await web.ask("GET", path);
      if (!response.ok || response.headers.get("content-type")?.includes("event-stream")) {
        await response.body?.cancel();
        continue;
      }
      assertNoSecret(await response.text(), path);
      read++;
    }
    return read;
  };
  await look();
  await web.ask("POST", "/api/v1/run", { users: 4, spawnRate: 20, runTime: "2s" });
  await web.until(({ state }) => state === "stopped");
  assert.ok(await look() >= 10, "most paths answer");
  const { stdout, stderr } = await web.end();
  assertNoSecret(stdout + stderr, "what is printed");
});
