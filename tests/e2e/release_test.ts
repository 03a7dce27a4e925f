// A release as a user meets it: built by the release script for both kinds of Linux, checked, installed, and run, on glibc and on musl;
// with LOCUST_TS_RELEASE_TESTS=1 on an emulated ARM processor too. The release script itself holds each file against its target.
import * as cdx from "@cyclonedx/cyclonedx-library";
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, before, test } from "node:test";
import { openOwnSockets } from "../../src/platform/linux/connect_own_socket.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { requireMade, requireRoot, requireThat, requireTool } from "../support/requirements.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const GLIBC = "locust-ts-linux-x64";
const MUSL = "locust-ts-linux-x64-musl";
const ARM64 = "locust-ts-linux-arm64";
const ARM64_LIBRARIES = "/usr/aarch64-linux-gnu";
/** Made by .ci/musl_root; never inside the repository. */
const MUSL_ROOT = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "locust-ts/musl-root");

const LOCUSTFILE = `
  import { constant, events, task, User } from "locust-ts";
  export class Ticker extends User {
    override waitTime = constant(0.05);
    @task async tick() { events.request.fire({ requestType: "T", name: "tick", responseTime: 1, exception: null }); }
    @task async fall() { throw new Error("on purpose"); }
  }
`;

/** Small answers, answers in many pieces, and uploads. */
const VISITOR = `
  import { HttpUser, task } from "locust-ts";
  export class Visitor extends HttpUser {
    @task(10) async small() { await this.client.get("/small?bytes=100"); }
    @task async large() { await this.client.get("/large?bytes=300000"); }
    @task async upload() { await this.client.post("/upload", { body: "x".repeat(200_000) }); }
  }
`;

const folder = new TempFolder({ "locustfile.ts": LOCUSTFILE });

const isLong = process.env["LOCUST_TS_RELEASE_TESTS"] === "1";
const TARGETS = isLong ? [GLIBC, MUSL, ARM64] : [GLIBC, MUSL];

const canBuild = requireThat(process.platform === "linux" && process.arch === "x64", "needs Linux on x64");

function makeRelease(out: string, targets: readonly string[]): void {
  const result = spawnSync(
    "node_modules/bun/bin/bun.exe",
    ["scripts/release.ts", ...targets.map((name) => name.slice("locust-ts-".length)), "--out", out],
    { encoding: "utf8" },
  );
  assert.equal(result.status, 0, result.stdout + result.stderr);
}

before(() => {
  if (canBuild === false) makeRelease(folder.at("release"), TARGETS);
});
after(() => folder[Symbol.dispose]());

/** The run counted, and its stacks show the lines of the locustfile and none of ours. */
function assertRan({ code, stdout, stderr }: CliResult): void {
  assert.equal(code, 1, stderr);
  assert.match(stdout, /^T +tick +[1-9]/m);
  assert.match(stdout, /Error: on purpose, in Ticker\.fall\n +\S*locustfile\.ts:6:\d+ in fall\n/);
}

const RUN = ["run", "locustfile.ts", "-H", "http://localhost", "-u", "2", "-r", "2", "-t", "2s"];

test("a release holds to its checksums, and its bill of materials is valid", { skip: canBuild }, async () => {
  const sums = spawnSync("sha256sum", ["--check", "SHA256SUMS"], { cwd: folder.at("release"), encoding: "utf8" });
  assert.equal(sums.status, 0, sums.stderr);
  const files = [...TARGETS, "LICENSES.txt", "install.sh", "locust-ts.cdx.json"];
  assert.deepEqual(sums.stdout, files.map((name) => `${name}: OK\n`).join(""));
  const bom = readFileSync(folder.at("release/locust-ts.cdx.json"), "utf8");
  assert.equal(await new cdx.Validation.JsonStrictValidator(cdx.Spec.Version.v1dot6).validate(bom), null);
  const licenses = readFileSync(folder.at("release/LICENSES.txt"), "utf8");
  for (const name of ["hono", "msgpackr", "smol-toml", "uplot", "@opentelemetry/sdk-metrics"]) {
    assert.ok(bom.includes(`"${name}@`), name);
    assert.ok(licenses.includes(`\n${name} `), name);
  }
});

test("the same sources give the same executable", { skip: canBuild }, () => {
  makeRelease(folder.at("again"), [GLIBC]);
  const [first, second] = ["release", "again"].map((name) => readFileSync(folder.at(`${name}/${GLIBC}`)));
  assert.ok(first!.equals(second!));
});

test("the executable of a release holds no sources of ours and no paths of this machine", { skip: canBuild }, () => {
  const bytes = readFileSync(folder.at(`release/${GLIBC}`));
  for (const path of [process.cwd(), "The entry of the program, and the only place"]) {
    assert.ok(!bytes.includes(path), path);
  }
});

test("the executable for glibc runs a locustfile in threads", { skip: canBuild }, async () => {
  assertRan(await runCli(RUN, { cwd: folder.path, command: [folder.at(`release/${GLIBC}`)] }));
});

// Its libraries come from packages of other distributions, which cannot always be had: no failure where they are missing.
const canRunMusl = canBuild || requireRoot() ||
  requireMade(existsSync(MUSL_ROOT), "no libraries for musl; see .ci/musl_root");

/** A folder in the root for musl, with the executable and a locustfile; its path as programs in that root see it. */
function muslFolder(locustfile: string) {
  const own = join(MUSL_ROOT, "tmp", randomUUID());
  mkdirSync(own, { recursive: true });
  copyFileSync(folder.at(`release/${MUSL}`), join(own, "locust-ts"));
  writeFileSync(join(own, "locustfile.ts"), locustfile);
  return {
    inside: own.slice(MUSL_ROOT.length),
    own,
    [Symbol.dispose]: () => rmSync(own, { recursive: true, force: true }),
  };
}

test("the executable for musl runs a locustfile in threads", { skip: canRunMusl }, async () => {
  using root = muslFolder(LOCUSTFILE);
  const run = RUN.map((arg) => arg === "locustfile.ts" ? `${root.inside}/locustfile.ts` : arg);
  assertRan(await runCli(run, { before: ["chroot", MUSL_ROOT], command: [`${root.inside}/locust-ts`] }));
});

for (const kind of ["uring", "epoll", "runtime"] as const) {
  test(`the executable for musl sends over ${kind}, and every request is counted`, {
    skip: canRunMusl ||
      (kind === "runtime" || openOwnSockets(kind) !== undefined ? false : `there are no ${kind} sockets here`),
  }, async () => {
    using root = muslFolder(VISITOR);
    const server = await startCountingServer();
    const options = ["-H", server.url, "-u", "5", "-r", "50", "-t", "1s", "--stop-timeout", "10", "--headless"];
    const more = ["--socket", kind, "--processes", "1", "--only-summary", "--loglevel", "DEBUG"];
    const before = ["chroot", MUSL_ROOT];
    const command = [`${root.inside}/locust-ts`];
    const run = await runCli(["run", `${root.inside}/locustfile.ts`, ...options, ...more], { before, command });
    const counted = server.total();
    await server.close();
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, new RegExp(`Thread 0 uses ${kind} for plain TCP`));
    assert.match(run.stdout, new RegExp(`^ +Aggregated +${counted} +0\\(`, "m"));
    assert.ok(counted > 0);
  });
}

test("the executable for arm64 runs a locustfile on an emulated processor", {
  skip: canBuild || (isLong ? false : "needs LOCUST_TS_RELEASE_TESTS=1") || requireTool("qemu-aarch64") ||
    requireThat(existsSync(ARM64_LIBRARIES), "no libraries for arm64"),
}, async () => {
  const before = ["qemu-aarch64", "-L", ARM64_LIBRARIES];
  const result = await runCli(["run", "locustfile.ts", "-H", "http://localhost", "--once"], {
    cwd: folder.path,
    before,
    command: [folder.at(`release/${ARM64}`)],
  });
  assert.equal(result.code, 1, result.stderr);
  assert.match(result.stdout, /Ticker\.fall: Error: on purpose/);
});

test(
  "the install script installs from the folder of a release",
  { skip: canBuild || requireTool("curl") },
  async () => {
    const server = createServer((request, response) => {
      const path = folder.at(`release/${request.url?.slice(1)}`);
      if (existsSync(path)) response.end(readFileSync(path));
      else response.writeHead(404).end();
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const child = spawn("sh", [folder.at("release/install.sh"), "--base-url", url, "--to", folder.at("bin")]);
      let output = "";
      child.stdout.on("data", (chunk) => output += chunk);
      child.stderr.on("data", (chunk) => output += chunk);
      assert.equal(await new Promise((ended) => child.on("close", ended)), 0, output);
      assert.match(output, /^Installed locust-ts \d+\.\d+\.\d+ \(Bun [\d.]+\) as /m);
      const version = await runCli(["--version"], { command: [folder.at("bin/locust-ts")] });
      assert.equal(version.code, 0);
    } finally {
      server.close();
    }
  },
);
