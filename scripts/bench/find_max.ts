/**
 * Capacity searches on a system whose capacity is known: an M/M/c queue behind HTTP (`tests/support/queue_server.ts`), whose highest rate under an SLO follows from
 * Erlang's formula (`tests/support/erlang_c.ts`). Each run has a seed of its own, for arrivals and service times. Prints a table in Markdown.
 *
 *     node_modules/.bin/bun scripts/bench/find_max.ts [--runs 10] [--at-once 1] [--servers 32] [--service-ms 40] [--limit-ms 250] [--step-time 10s]
 *
 * A run takes about four minutes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { capacityOf } from "../../tests/support/erlang_c.ts";
import { EXECUTABLE } from "../executable.ts";

const { values: options } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    "at-once": { type: "string", default: "1" },
    servers: { type: "string", default: "32" },
    "service-ms": { type: "string", default: "40" },
    "limit-ms": { type: "string", default: "250" },
    "step-time": { type: "string", default: "10s" },
  },
});
const queue = { servers: Number(options.servers), meanServiceMs: Number(options["service-ms"]) };
const limitMs = Number(options["limit-ms"]);
const capacity = capacityOf(queue, 0.99, limitMs);
const folder = mkdtempSync(join(tmpdir(), "locust-ts-find-max-"));

console.log(
  `${queue.servers} servers of ${queue.meanServiceMs} ms: by formula p99 < ${limitMs} ms up to ${
    capacity.toFixed(1)
  }/s; ` +
    `load average at the start ${loadavg()[0]?.toFixed(1)}\n`,
);
console.log("| seed | found | interval | off the formula | limit | steps | minutes |");
console.log("| ---: | ---: | --- | ---: | --- | ---: | ---: |");
const seeds = Array.from({ length: Number(options.runs) }, (_, i) => i + 1);
const errors: number[] = [];
try {
  await Promise.all(Array.from({ length: Number(options["at-once"]) }, async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) errors.push(await search(seed));
  }));
  const within = errors.filter((error) => Math.abs(error) <= 0.05).length;
  console.log(
    `\n${within} of ${errors.length} within 5 %, the farthest ${formatShare(farthest(errors))}; ` +
      `load average at the end ${loadavg()[0]?.toFixed(1)}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The share by which the figure of one search is off. */
async function search(seed: number): Promise<number> {
  const main = fileURLToPath(new URL("../../tests/support/queue_server_main.ts", import.meta.url));
  const server = spawn(process.execPath, [main, String(queue.servers), String(queue.meanServiceMs), String(seed)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const url = String((await once(server.stdout, "data"))[0]).trim();
    const file = join(folder, `${seed}.json`);
    const child = spawn(resolve(EXECUTABLE), [
      ...["hit", `${url}/`, "--find-max", "--slo", `p99<${limitMs}ms`, "--rate", "50/s poisson", "--max-users", "5000"],
      ...["--step-time", options["step-time"], "--seed", String(seed), "--headless", "--summary-file", file],
    ], { stdio: "ignore" });
    await ended(child);
    const { capacity: found, run } = JSON.parse(readFileSync(file, "utf8")) as RunSummary;
    if (found?.load === undefined || found.load === null) {
      console.log(`| ${seed} | - | ${found?.sentence ?? "no answer"} | | | | |`);
      return -1;
    }
    const { load, low, high, limitedBy, steps } = found;
    const error = load / capacity - 1;
    console.log(
      `| ${seed} | ${load}/s | ${low ?? "…"} – ${high ?? "…"} | ${
        formatShare(error)
      } | ${limitedBy} | ${steps.length} | ` +
        `${(run.durationSeconds / 60).toFixed(1)} |`,
    );
    return error;
  } finally {
    server.kill();
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await once(child, "exit");
}

function farthest(shares: readonly number[]): number {
  return shares.reduce((far, share) => Math.abs(share) > Math.abs(far) ? share : far, 0);
}

function formatShare(share: number): string {
  return `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)} %`;
}
