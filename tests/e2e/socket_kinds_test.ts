/** The sockets of plain TCP in the executable: which one is used where, and that a run counts the same with each. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openOwnSockets } from "../../src/platform/linux/connect_own_socket.ts";
import type { SocketKind } from "../../src/base/socket_kind.ts";
import { startCountingServer } from "../support/counting_server.ts";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

const DENY = fileURLToPath(new URL("../support/deny_calls.py", import.meta.url));
const EPERM = 1;
const ENOSYS = 38;
/** Of x86-64. */
const RECVMSG = 47;
const IO_SETUP = 206;
const IO_SUBMIT = 209;
const EPOLL_WAIT = 232;
const IO_URING_SETUP = 425;
const IO_URING_ENTER = 426;
const IO_URING_REGISTER = 427;

const LOCUSTFILE = `
  import { HttpUser, task } from "locust-ts";
  import { spawnSync } from "node:child_process";
  export class Visitor extends HttpUser {
    @task(20) async small() { await this.client.get("/small?bytes=100"); }
    @task(3) async large() { await this.client.get("/large?bytes=300000"); }
    @task(3) async upload() { await this.client.post("/upload", { body: "x".repeat(200_000) }); }
    @task(3) async error() { await this.client.get("/error?status=500"); }
    @task(3) async fresh() { await this.client.get("/fresh", { headers: { connection: "close" } }); }
  }
`;

const expected: SocketKind = (["uring", "epoll"] as const).find((kind) => openOwnSockets(kind) !== undefined) ??
  "runtime";
const without = (kind: "uring" | "epoll"): SocketKind =>
  expected === kind ? (kind === "uring" && openOwnSockets("epoll") ? "epoll" : "runtime") : expected;
const isX64 = process.arch === "x64" && process.platform === "linux"
  ? false
  : "the numbers of system calls are those of Linux on x86-64";
const skip = isX64 || requireTool("python3");

interface Row {
  readonly title: string;
  readonly deny?: readonly [calls: readonly number[], errno: number];
  readonly args?: readonly string[];
  readonly uses: SocketKind;
  readonly warns?: RegExp;
}

const ROWS: readonly Row[] = [
  { title: "the fastest one that works here", uses: expected },
  { title: "a container that forbids io_uring", deny: [[IO_URING_SETUP], EPERM], uses: without("uring") },
  { title: "a kernel without io_uring", deny: [[IO_URING_SETUP], ENOSYS], uses: without("uring") },
  {
    title: "a sandbox in which rings can be made, but not entered",
    deny: [[IO_URING_ENTER], EPERM],
    uses: without("uring"),
  },
  {
    title: "one in which nothing can be registered with them",
    deny: [[IO_URING_REGISTER], EPERM],
    uses: without("uring"),
  },
  { title: "one without asynchronous I/O too", deny: [[IO_URING_SETUP, IO_SETUP], EPERM], uses: "runtime" },
  {
    title: "one in which asynchronous I/O exists by name",
    deny: [[IO_URING_SETUP, IO_SUBMIT], ENOSYS],
    uses: "runtime",
  },
  { title: "one without epoll_wait", deny: [[IO_URING_SETUP, EPOLL_WAIT], EPERM], uses: "runtime" },
  { title: "one in which nothing is received with a time", deny: [[RECVMSG], ENOSYS], uses: "runtime" },
  { title: "--socket runtime", args: ["--socket", "runtime"], uses: "runtime" },
  { title: "--socket epoll", args: ["--socket", "epoll"], uses: expected === "runtime" ? "runtime" : "epoll" },
  {
    title: "--socket uring where it does not work",
    args: ["--socket", "uring"],
    deny: [[IO_URING_SETUP], EPERM],
    uses: without("uring"),
    warns: /Cannot use --socket uring in thread 0: .* is used/,
  },
];

for (const { title, deny, args = [], uses, warns } of ROWS) {
  test(`${title}: plain TCP goes over ${uses}, and every request is counted`, {
    skip: deny === undefined ? false : skip,
  }, async () => {
    const server = await startCountingServer();
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const before = deny === undefined ? [] : ["python3", DENY, deny[0].join(","), String(deny[1])];
    const options = [
      "-H",
      server.url,
      "-u",
      "5",
      "-r",
      "50",
      "-t",
      "1s",
      "--stop-timeout",
      "10",
      "--headless",
      "--only-summary",
    ];
    const files = ["--loglevel", "DEBUG", "--summary-file", "summary.json", "--processes", "1"];
    const env = { LOCUST_SOCKET: "auto" };
    const run = await startCli(["run", "shop.ts", ...options, ...files, ...args], { cwd: folder, before, env }).ended;
    const counted = server.total();
    await server.close();
    const { workers, total } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
    assert.equal(workers[0].socket, uses, run.stderr);
    assert.equal(total.requests, counted);
    assert.ok(counted > 50, `${counted} requests in a second`);
    assert.match(run.stderr, new RegExp(`Thread 0 uses ${uses} for plain TCP`));
    if (warns === undefined) assert.doesNotMatch(run.stderr, /Cannot use --socket/);
    else assert.match(run.stderr, warns);
  });
}

test("--socket with another word is refused with the choices", async () => {
  const run = await startCli(["run", "x.ts", "--socket", "iouring"]).ended;
  assert.equal(run.code, 2);
  assert.match(run.stderr, /--socket.*auto, uring, epoll, runtime/s);
});

test("a run that was stopped for a while continues, and no request is lost or counted twice", async () => {
  const server = await startCountingServer();
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const options = [
    "-H",
    server.url,
    "-u",
    "20",
    "-r",
    "100",
    "-t",
    "4s",
    "--stop-timeout",
    "10",
    "--headless",
    "--only-summary",
  ];
  const run = startCli(["run", "shop.ts", ...options, "--summary-file", "summary.json"], { cwd: folder });
  let hasEnded = false; // before it was stopped: then there is nothing to see, and nothing to wait for
  void run.ended.then(() => hasEnded = true);
  while (server.total() < 20 && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(hasEnded, false, `${server.total()} requests in the whole run: this machine is too busy`);
  process.kill(run.child.pid!, "SIGSTOP");
  await new Promise((resolve) => setTimeout(resolve, 1000));
  process.kill(run.child.pid!, "SIGCONT");
  await run.ended;
  const counted = server.total();
  await server.close();
  const { total } = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
  assert.equal(total.requests, counted);
});

test(
  "a program that user code starts in the middle of traffic has none of our descriptors",
  { skip: isX64 },
  async () => {
    const server = await startCountingServer();
    const folder = writeFiles({
      "shop.ts": `
      import { HttpUser, task } from "locust-ts";
      import { spawnSync } from "node:child_process";
      let isDone = false;
      export class Visitor extends HttpUser {
        @task async get() {
          await this.client.get("/");
          if (isDone) return;
          isDone = true;
          const { stdout } = spawnSync("sh", ["-c", "ls -l /proc/self/fd"]);
          console.log("CHILD", String(stdout).replaceAll("\\n", " | "));
        }
      }
    `,
    });
    const run = await startCli(
      ["run", "shop.ts", "-H", server.url, "-u", "10", "-r", "100", "-t", "1s", "--headless"],
      { cwd: folder },
    ).ended;
    await server.close();
    const line = (run.stdout + run.stderr).split("\n").find((each) => each.includes("CHILD")) ?? "";
    // Beside its own input and outputs (0 to 2) and the folder that it lists.
    const open = [...line.matchAll(/ (\d+) -> (\S+)/g)].filter(([, fd, target]) =>
      Number(fd) > 2 && !target!.startsWith("/proc/")
    );
    assert.match(line, / 2 -> /);
    assert.deepEqual(open.map(([text]) => text), []);
  },
);

/** Descriptors of a process, by what they stand for. */
function descriptorsOf(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).flatMap((name) => {
    try {
      return [readlinkSync(join(folder, name))];
    } catch {
      return []; // closed meanwhile
    }
  });
}

test("runs one after the other in one process leave no socket of ours open", { skip: isX64 }, async () => {
  const server = await startCountingServer();
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const web = startCli(["-f", "shop.ts", "--web-port", "0", "--web-host", "127.0.0.1"], { cwd: folder });
  await web.waitFor(/http:\/\/127\.0\.0\.1:\d+/);
  const base = /http:\/\/127\.0\.0\.1:\d+/.exec(web.stderr() + web.stdout())![0];
  const counts: number[] = [];
  for (let index = 0; index < 4; index++) {
    const body = new URLSearchParams({ user_count: "20", spawn_rate: "100", host: server.url });
    assert.equal((await fetch(`${base}/swarm`, { method: "POST", body })).status, 200);
    const before = server.total();
    while (server.total() < before + 50) await new Promise((resolve) => setTimeout(resolve, 20));
    let sockets: readonly unknown[] = [];
    while (sockets.length === 0) {
      sockets = Object.values((await (await fetch(`${base}/api/v1/run`)).json()).sockets);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.deepEqual(sockets, [expected]);
    await fetch(`${base}/stop`);
    for (let state = ""; state !== "stopped";) {
      state = (await (await fetch(`${base}/stats/requests`)).json()).state;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    counts.push(descriptorsOf(web.child.pid!).filter((target) => target.startsWith("socket:")).length);
  }
  web.child.kill("SIGTERM");
  await web.ended;
  await server.close();
  assert.ok(counts.at(-1)! <= counts[1]! + 2, `sockets after each run: ${counts.join(", ")}`);
});
