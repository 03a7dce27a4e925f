/**
 * Measures the speed of the engine and of both clients, beside wrk in the same minutes: requests per second by the server's count, CPU per
 * request of the whole process. Server on one core, client on the other. Medians of the rounds; needs `npm run build`.
 *
 *     bun scripts/bench/http.ts [--rounds 5] [--seconds 6] [--systems small,tls,large] [--peers]
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { EXECUTABLE } from "../executable.ts";
import { type Measurement, measureRun } from "./http_measure.ts";
import { LARGE_BYTES, openBenchSystem, type SystemKind } from "./http_system.ts";
import { listSubjects } from "./http_subjects.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "6" },
    systems: { type: "string", default: "small" },
    peers: { type: "boolean", default: false },
  },
});

/** Two cores, one for each side; on a machine with one they share it. */
const [clientCore, serverCore] = availableParallelism() > 1 ? [0, 1] : [undefined, undefined];

for (const kind of values.systems.split(",")) await measureSystem(kind as SystemKind);

async function measureSystem(kind: SystemKind): Promise<void> {
  using system = await openBenchSystem(kind, serverCore);
  if (system === undefined) return;
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
  const seconds = Number(values.seconds);
  const measured = new Map<string, Measurement[]>();
  const skipped = new Map<string, string>();
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const subject of listSubjects(system.url, seconds, folder, values.peers ? "all" : "own")) {
        if (!("command" in subject)) skipped.set(subject.name, subject.why);
        else if (subject.command[0] === EXECUTABLE && !existsSync(EXECUTABLE)) skipped.set(subject.name, "not built");
        else {
          const run = await measureRun(system, subject.command, seconds, clientCore);
          measured.set(subject.name, [...measured.get(subject.name) ?? [], run]);
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  print(kind, system.name, measured, skipped);
}

function print(
  kind: SystemKind,
  server: string,
  measured: ReadonlyMap<string, readonly Measurement[]>,
  skipped: ReadonlyMap<string, string>,
): void {
  const unit = kind === "large" ? "MB/s" : "requests/s";
  console.log(`\n${kind}, against ${server}; medians of ${values.rounds} rounds of ${values.seconds} s`);
  console.log(`| | ${unit} | of wrk | CPU per request | of wrk | RSS |\n| --- | --- | --- | --- | --- | --- |`);
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
