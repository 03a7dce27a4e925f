/**
 * Measures what a million different URLs cost beside one: processor time per request, the largest memory, and the rows at the end, of whole
 * runs of the executable in one thread: `bun scripts/bench/urls.ts [--requests 1000000] [--rounds 3]`. Medians of the rounds; needs
 * `npm run build` and a C compiler. Processor time, because it says something on a machine with other work, too.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { EXECUTABLE } from "../executable.ts";
import { type BenchSystem, openBenchSystem } from "./http_system.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "1000000" }, rounds: { type: "string", default: "3" } },
});
const requests = Number(values.requests);
const rounds = Number(values.rounds);

const CASES: readonly { readonly title: string; readonly url: string; readonly args: readonly string[] }[] = [
  { title: "one name", url: '"/items/1"', args: [] },
  { title: "each URL once", url: "`/items/${n++}?page=${n}`", args: [] },
  { title: "each URL once, --url-grouping off", url: "`/items/${n++}?page=${n}`", args: ["--url-grouping", "off"] },
  { title: "each URL once, one name given", url: "`/items/${n++}?page=${n}`, { name: '/items/[id]' }", args: [] },
];

/** Linux counts CPU time in these. */
const TICK_US = 10_000;
const PAGE_BYTES = 4096;

interface Measured {
  readonly cpuUs: number;
  readonly rssMb: number;
  readonly rows: number;
}

const folder = mkdtempSync(join(tmpdir(), "locust-ts-bench-"));
try {
  using system = await openBenchSystem("small", availableParallelism() > 1 ? 1 : undefined);
  if (system === undefined) throw new Error("Cannot measure: there is no C compiler");
  const measured = CASES.map((): Measured[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, each] of CASES.entries()) measured[i]?.push(await measure(system, each));
  }
  for (const [i, { title }] of CASES.entries()) {
    const of = (read: (each: Measured) => number) => median((measured[i] ?? []).map(read));
    const figures = `${of((each) => each.cpuUs).toFixed(2)} µs  ${of((each) => each.rssMb).toFixed(0)} MB`;
    console.log(`${title.padEnd(36)} ${figures}  ${of((each) => each.rows)} rows`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure({ url }: BenchSystem, { url: expression, args }: typeof CASES[number]): Promise<Measured> {
  writeFileSync(
    join(folder, "locustfile.ts"),
    `import { FastHttpUser, task } from "locust-ts";
let n = 0;
export class Reader extends FastHttpUser {
  @task async read() { await this.client.get(${expression}); }
}
`,
  );
  const command = [resolve(EXECUTABLE), "run", "locustfile.ts", "--headless", "-H", url, "-u", "50", "-r", "1000"];
  const child = spawn(
    command[0] as string,
    [
      ...command.slice(1),
      "--processes",
      "1",
      "--iterations",
      String(requests),
      "--summary-file",
      "summary.json",
      ...args,
    ],
    { cwd: folder, stdio: "ignore" },
  );
  let usage = { cpuUs: 0, rssMb: 0 };
  const watch = setInterval(() => {
    const now = readUsage(child.pid);
    if (now !== undefined) usage = { cpuUs: now.cpuUs, rssMb: Math.max(usage.rssMb, now.rssMb) };
  }, 20);
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  clearInterval(watch);
  // 4: the verdict says that the machine was busy, which processor time leaves out.
  if (code !== 0 && code !== 4) throw new Error(`Cannot measure: the run ended with ${code}`);
  const summary = JSON.parse(readFileSync(join(folder, "summary.json"), "utf8"));
  if (summary.total.requests !== requests) throw new Error(`Cannot measure: ${summary.total.requests} requests`);
  return { cpuUs: usage.cpuUs / requests, rssMb: usage.rssMb, rows: summary.entries.length };
}

/** Processor time so far, and the memory now; undefined when it has ended. */
function readUsage(pid: number | undefined): { readonly cpuUs: number; readonly rssMb: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(")") + 2).split(" ").slice(11, 13).map(Number);
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "utf8").split(" ")[1]);
    return { cpuUs: (user + system) * TICK_US, rssMb: pages * PAGE_BYTES / 1024 / 1024 };
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined; // it has ended
    throw error;
  }
}

function median(list: number[]): number {
  return list.sort((a, b) => a - b)[list.length >> 1] ?? NaN;
}
