/**
 * Measures the speed of the engine and of both clients, beside wrk in the same minutes: requests per second by the server's count, CPU per
 * request of the whole process. Server on one core, client on the other. Medians of the rounds; needs `npm run build`.
 *
 *     bun scripts/bench/http.ts [--rounds 5] [--seconds 6] [--users 50] [--systems small,1kb,100kb,json,tls,large]
 *     bun scripts/bench/http.ts --peers      # the tables of docs/benchmarks.md: other tools too, and the start; about ten minutes
 *
 * Installs nothing; a tool that is not on the PATH is skipped. `goose/` has the program that stands for Goose, which is a library.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, release, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { EXECUTABLE } from "../executable.ts";
import { measureFirstRequest, openFirstRequestServer } from "./first_request.ts";
import { type Measurement, measureRun } from "./http_measure.ts";
import { listSubjects, readToolVersions, type Subject, type SubjectLoad } from "./http_subjects.ts";
import { LARGE_BYTES, openBenchSystem, SYSTEM_KINDS, type SystemKind } from "./http_system.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string" },
    users: { type: "string", default: "50" },
    systems: { type: "string" },
    peers: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const seconds = Number(values.seconds ?? (values.peers ? 2.5 : 6));
const users = Number(values.users);
const systems = (values.systems ?? (values.peers ? "small,1kb,100kb,tls" : "small")).split(",");

/** Two cores, one for each side; on a machine with one they share it. */
const [clientCore, serverCore] = availableParallelism() > 1 ? [0, 1] : [undefined, undefined];

const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
try {
  const day = new Date().toISOString().slice(0, 10);
  console.log(`${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Linux ${release()}, ${day}`);
  if (values.peers) console.log((await readToolVersions()).join("; "));
  for (const kind of systems) await measureSystem(asSystemKind(kind));
  if (values.peers) await measureStarts();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function asSystemKind(name: string): SystemKind {
  const kind = SYSTEM_KINDS.find((each) => each === name);
  if (kind === undefined) throw new Error(`Cannot use --systems ${name}: it is none of ${SYSTEM_KINDS.join(", ")}`);
  return kind;
}

async function measureSystem(kind: SystemKind): Promise<void> {
  using system = await openBenchSystem(kind, serverCore);
  if (system === undefined) return;
  const measured = new Map<string, Measurement[]>();
  const skipped = new Map<string, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const subject of subjectsFor(system.url, skipped, kind)) {
      report(`${kind}, round ${round} of ${rounds}: ${subject.name}`);
      const run = await measureRun(system, subject.command, seconds, clientCore);
      if (typeof run === "string") skipped.set(subject.name, run);
      else measured.set(subject.name, [...measured.get(subject.name) ?? [], run]);
    }
  }
  report("");
  print(kind, system.name, measured, skipped);
}

/** Those that are there; the others are noted as skipped. */
function subjectsFor(url: string, skipped: Map<string, string>, kind: SystemKind): readonly Subject[] {
  const load: SubjectLoad = { url, users, seconds: Math.ceil(seconds) + 60, folder, kind };
  return listSubjects(load, values.peers ? "all" : "own").flatMap(
    (subject) => {
      const why = "why" in subject
        ? subject.why
        : subject.command[0] === EXECUTABLE && !existsSync(EXECUTABLE)
        ? "not built"
        : undefined;
      if (why !== undefined) skipped.set(subject.name, why);
      return why !== undefined || !("command" in subject) ? [] : [subject];
    },
  );
}

function print(
  kind: SystemKind,
  server: string,
  measured: ReadonlyMap<string, readonly Measurement[]>,
  skipped: ReadonlyMap<string, string>,
): void {
  const unit = kind === "large" ? "MB/s" : "requests/s";
  console.log(`\n${kind}, against ${server}; ${users} users, medians of ${rounds} rounds of ${seconds} s\n`);
  console.log(`| | ${unit} | of wrk | CPU per request | of wrk | memory |\n| --- | --- | --- | --- | --- | --- |`);
  const medians = new Map([...measured].map(([name, runs]) => [name, {
    perSecond: median(runs.map((run) => run.perSecond)) * (kind === "large" ? LARGE_BYTES / 1e6 : 1),
    cpu: median(runs.map((run) => run.cpuUsPerRequest)),
    rss: median(runs.map((run) => run.rssMb)),
  }]));
  const yardstick = medians.get("wrk");
  const ratio = (own: number, other: number | undefined) => other === undefined ? "" : (own / other).toFixed(2);
  for (const [name, { perSecond, cpu, rss }] of medians) {
    const rate = Math.round(perSecond).toLocaleString("en");
    const [speed, cost] = [ratio(perSecond, yardstick?.perSecond), ratio(cpu, yardstick?.cpu)];
    console.log(`| ${name} | ${rate} | ${speed} | ${cpu.toFixed(1)} µs | ${cost} | ${Math.round(rss)} MB |`);
  }
  for (const [name, why] of skipped) console.log(`| ${name} | skipped: ${why} | | | | |`);
}

/** From starting each program to its first request. The first start of each, with cold file caches, is left out. */
async function measureStarts(): Promise<void> {
  using server = await openFirstRequestServer();
  const times = new Map<string, number[]>();
  const skipped = new Map<string, string>();
  for (let round = 0; round <= rounds; round++) {
    for (const { name, command, starts } of subjectsFor(server.url, skipped, "small")) {
      if (starts !== "alone") continue;
      report(`start, round ${round} of ${rounds}: ${name}`);
      try {
        const ms = await measureFirstRequest(server, command);
        if (round > 0) times.set(name, [...times.get(name) ?? [], ms]);
      } catch (error) {
        skipped.set(name, String(error).split("\n", 1)[0] ?? "");
      }
    }
  }
  report("");
  console.log(`\nstart to the first request, ${rounds} starts each\n`);
  console.log("| | median | fastest | slowest |\n| --- | --- | --- | --- |");
  const show = (ms: number) => `${Math.round(ms)} ms`;
  for (const [name, all] of times) {
    console.log(`| ${name} | ${show(median(all))} | ${show(Math.min(...all))} | ${show(Math.max(...all))} |`);
  }
  for (const [name, why] of skipped) if (!times.has(name)) console.log(`| ${name} | skipped: ${why} | | |`);
}

/** What is done now, on a terminal alone: it does not belong into the tables. */
function report(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
