/**
 * Arrival rates by several tools, held against the times at which the kernel of the target received the requests
 * (`arrival_server.c`). Prints a table in Markdown; tools that are not there are left out with a line.
 *
 *     node_modules/.bin/bun scripts/bench/arrivals.ts [--quick] [--seconds 31] [--rates 5,100,1000,5000,20000] [--only locust-ts]
 *
 * `--quick`: one window of 10 s each, and the other tools not at 5/s: less than four minutes.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findTool } from "../../tests/support/requirements.ts";
import { EXECUTABLE } from "../executable.ts";
import { judgeArrivals } from "./arrival_record.ts";
import { type ArrivalSubject, listArrivalSubjects } from "./arrival_subjects.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    seconds: { type: "string" },
    rates: { type: "string", default: "5,100,1000,5000,20000" },
    only: { type: "string", default: "" },
  },
});
const seconds = Number(options.seconds ?? (options.quick ? 11 : 31));
const rates = options.rates.split(",").map(Number);

const compiler = findTool("cc") ?? findTool("gcc");
if (compiler === undefined) {
  throw new Error("Cannot measure arrivals: there is no C compiler for the target; install cc");
}
const folder = mkdtempSync(join(tmpdir(), "locust-ts-arrivals-"));
const program = join(folder, "arrival_server");
execFileSync(compiler, ["-O2", "-o", program, fileURLToPath(new URL("./arrival_server.c", import.meta.url))]);
const port = await freePort();
const server = spawn(program, [String(port)], { stdio: "inherit" });
try {
  const url = `http://127.0.0.1:${port}/`;
  await answering(url);
  const subjects = listArrivalSubjects({ url, folder, executable: resolve(EXECUTABLE) })
    .filter(({ name }) => name.includes(options.only));
  console.log(`${seconds} s each; load average at the start ${loadavg()[0]?.toFixed(1)}\n`);
  console.log("| asked | tool | requests | off the rate in 10 s, at most | start after its time: p50 | p99 | max |");
  console.log("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
  for (const perSecond of rates) {
    for (const subject of subjects) {
      const isSlowOther = options.quick && perSecond < 100 && !subject.name.startsWith("locust-ts");
      if (typeof subject.command !== "string" && !isSlowOther) console.log(await measure(url, subject, perSecond));
    }
  }
  for (const { name, command } of subjects) {
    if (typeof command === "string") console.log(`${name}: left out, ${command}`);
  }
  console.log(`\nload average at the end ${loadavg()[0]?.toFixed(1)}`);
} finally {
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(url: string, { name, command }: ArrivalSubject, perSecond: number): Promise<string> {
  if (typeof command === "string") throw new Error(command);
  await (await fetch(`${url}forget`)).text();
  const [tool = "", ...args] = command(perSecond, seconds);
  const failure = await run(tool, args);
  const answer = new BigUint64Array(await (await fetch(`${url}record`)).arrayBuffer());
  const [unstamped = 0n, ...times] = answer;
  if (times.length === 0) return `| ${perSecond}/s | ${name} | 0: ${failure} | | | | |`;
  const { rateErrors, lateMs } = judgeArrivals(times.map((ns) => Number(ns - (times[0] ?? 0n)) / 1e6), perSecond);
  const worst = rateErrors.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0];
  const rate = worst === undefined ? "too short" : `${worst < 0 ? "−" : "+"}${Math.abs(worst * 100).toFixed(3)} %`;
  const note = unstamped > 0n ? ` (${unstamped} without a stamp)` : "";
  const late = (share: number) => `${lateMs(share).toFixed(2)} ms`;
  return `| ${perSecond}/s | ${name} | ${times.length}${note} | ${rate} | ${late(0.5)} | ${late(0.99)} | ${late(1)} |`;
}

/** Resolves with what it said last, for a tool that made nothing. */
function run(tool: string, args: readonly string[]): Promise<string> {
  return new Promise((done) => {
    const child = spawn(tool, args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (bytes) => said = `${said}${bytes}`.slice(-300));
    child.on("error", (error) => done(error.message));
    child.on("close", (code) => done(`exit code ${code}, ${said.trim().replaceAll("\n", " ")}`));
  });
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => done(port));
    });
  });
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      await (await fetch(`${url}forget`)).text();
      return;
    } catch {
      await new Promise((done) => setTimeout(done, 50)); // it has not begun to listen
    }
  }
  throw new Error("Cannot measure arrivals: the target does not answer; see what it said above");
}
