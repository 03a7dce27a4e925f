/**
 * The error of each single response time: what a sample says less what the target took for that request, which the answer itself says (`truth_server.c`).
 * A negative error cannot be the machine's: the time was stamped wrongly. Each kind of connection runs in surroundings that disturb the measuring process
 * more and more. Errors in microseconds.
 *
 *     bun scripts/bench/truth_each.ts [--seconds 5] [--users 50] [--executable dist/locust-ts] [--load closed,rate]
 *         [--kinds uring,epoll,runtime,unix,proxy,tls,websocket] [--around quiet,shared,hogs,stopped] [--route /bare]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCertificates } from "../../tests/support/certificates.ts";
import { openTruthServer, type TruthServer } from "../../tests/support/truth_server.ts";
import { EXECUTABLE } from "../executable.ts";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    users: { type: "string", default: "50" },
    executable: { type: "string", default: EXECUTABLE },
    load: { type: "string", default: "closed" },
    kinds: { type: "string", default: "uring,epoll,runtime,unix,proxy,tls,websocket" },
    around: { type: "string", default: "quiet,shared,hogs,stopped" },
    route: { type: "string", default: "/bare" },
  },
});

/** Where the two processes run, and what else does. */
const SURROUNDINGS: Readonly<Record<string, { server: string; hogs: number; stops: boolean; nice: number }>> = {
  quiet: { server: "1", hogs: 0, stops: false, nice: 0 },
  shared: { server: "0", hogs: 0, stops: false, nice: 0 }, // the target runs in the middle of our sends
  hogs: { server: "0", hogs: 2, stops: false, nice: 10 },
  stopped: { server: "1", hogs: 1, stops: true, nice: 0 },
};

const folder = mkdtempSync(join(tmpdir(), "locust-ts-truth-each-"));
using certificates = openCertificates();
const { keyPath, certPath } = certificates.selfSigned("target", "IP:127.0.0.1");

try {
  console.log("| kind | load | around | samples | too short | shortest | p1 | p50 | p99 | longest |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
  for (const kind of options.kinds.split(",")) {
    for (const load of options.load.split(",")) {
      for (const around of options.around.split(",")) console.log(await measure(kind, load, around));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(kind: string, load: string, around: string): Promise<string> {
  const { server: core, hogs, stops, nice } = SURROUNDINGS[around]!;
  await using stack = new AsyncDisposableStack();
  const target = await openTarget(kind, core, stack);
  writeFileSync(join(folder, "each.ts"), kind === "websocket" ? chatter() : visitor(target.proxy));
  for (let hog = 0; hog < hogs; hog++) {
    const child = spawn("taskset", ["-c", "0", process.execPath, "-e", "for (;;);"], { stdio: "ignore" });
    stack.defer(() => void child.kill("SIGKILL"));
  }
  const amount = load === "rate" ? ["--rate", "2000"] : ["-u", options.users, "-r", "100000"];
  const socket = ["uring", "epoll", "runtime"].includes(kind) ? ["--socket", kind] : [];
  const args = ["run", "each.ts", "-H", target.host, ...amount, ...socket];
  const child = spawn(
    "nice",
    [
      ...["-n", String(nice), "taskset", "-c", "0", resolve(options.executable), ...args],
      "-t",
      `${options.seconds}s`,
      "--only-summary",
      "--processes",
      "1",
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"] },
  );
  const stopping = stops ? setInterval(() => stopFor(child, 15), 40) : undefined;
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text: string) => said += text);
  await new Promise((ended) => child.once("close", ended));
  clearInterval(stopping);
  const errors = takeErrors();
  if (errors.length === 0) throw new Error(`no samples: ${said}`);
  const at = (share: number) =>
    (errors[Math.min(errors.length - 1, Math.floor(share * errors.length))]! * 1000).toFixed(1);
  const short = errors.findIndex((ms) => ms >= 0);
  return `| ${
    [kind, load, around, errors.length, short < 0 ? errors.length : short, at(0), at(0.01), at(0.5), at(0.99), at(1)]
      .join(" | ")
  } |`;
}

/** The measuring process and its threads do not run for a time. */
function stopFor(child: ChildProcess, ms: number): void {
  child.kill("SIGSTOP");
  setTimeout(() => child.kill("SIGCONT"), ms);
}

async function openTarget(
  kind: string,
  core: string,
  stack: AsyncDisposableStack,
): Promise<{ host: string; proxy?: string }> {
  if (kind === "tls" || kind === "websocket") {
    const program = fileURLToPath(new URL("./truth_runtime_server.ts", import.meta.url));
    const args = kind === "tls" ? [keyPath, certPath] : [];
    const child = spawn("taskset", ["-c", core, process.execPath, program, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    stack.defer(() => void child.kill("SIGKILL"));
    const port = await new Promise<string>((told) =>
      child.stdout.setEncoding("utf8").once("data", (text: string) => told(text.trim()))
    );
    return { host: `${kind === "tls" ? "https" : "ws"}://127.0.0.1:${port}` };
  }
  const server: TruthServer = stack.use(await openTruthServer(1, ["taskset", "-c", core]));
  if (kind === "unix") return { host: `http+unix://${encodeURIComponent(server.socketPath)}` };
  return kind === "proxy" ? { host: server.url, proxy: server.url } : { host: server.url };
}

/** What a thread collected, sorted. */
function takeErrors(): number[] {
  const files = readdirSync(folder).filter((name) => name.startsWith("errors-")).map((name) => join(folder, name));
  const errors = files.flatMap((file) => readFileSync(file, "utf8").trim().split("\n").map(Number));
  for (const file of files) rmSync(file);
  return errors.sort((a, b) => a - b);
}

function collector(): string {
  return `import { appendFileSync } from "node:fs";
const errors = [];
const file = "errors-" + process.pid + "-" + Math.random();
const write = () => errors.length > 0 && appendFileSync(file, errors.splice(0).map((ms) => ms.toFixed(6) + "\\n").join(""));
`;
}

function visitor(proxy: string | undefined): string {
  return `import { constant, FastHttpUser, task } from "locust-ts";
${collector()}
export class Visitor extends FastHttpUser {
  override waitTime = constant(0);
  ${proxy === undefined ? "" : `static override proxy = "${proxy}";`}
  @task async visit() {
    const response = await this.client.get("${options.route}");
    if (response.status === 200) errors.push(response.elapsed - Number(await response.text()));
  }
  override onStop() { write(); }
}
`;
}

function chatter(): string {
  return `import { constant, events, task, User } from "locust-ts";
${collector()}
let took = 0;
events.request.addListener(({ name, responseTime, context }) => {
  if (name === "message" && context?.took !== undefined) errors.push(responseTime - context.took);
});
export class Chatter extends User {
  override waitTime = constant(0);
  #socket;
  override async onStart() {
    this.#socket = new WebSocket(this.host);
    await new Promise((opened) => this.#socket.onopen = opened);
  }
  @task async talk() {
    await events.request.measure("WS", "message", async (meta) => {
      const answered = new Promise((came) => this.#socket.onmessage = came);
      this.#socket.send("hello");
      meta.context = { took: Number((await answered).data) };
    });
  }
  override onStop() { write(); }
}
`;
}
