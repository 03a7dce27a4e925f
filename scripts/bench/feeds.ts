/**
 * Memory of a large feed: the most resident memory of a run with 10,000 users in two threads that each draw a row a second from a CSV file
 * of 1 GB, less that of the same run whose rows are made by a function. For each order of rows. Read from /proc (Linux).
 *
 *     bun scripts/bench/feeds.ts [megabytes [users]]
 */
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { EXECUTABLE } from "../executable.ts";

const [megabytes = 1000, users = 10_000] = process.argv.slice(2).map(Number);

const FEEDS: Readonly<Record<string, string>> = {
  "rows of a function": "feed.generate((number) => ({ id: String(number) }))",
  "sequence": 'feed.csv("rows.csv")',
  "random": 'feed.csv("rows.csv", { order: "random" })',
  "shuffled and unique": 'feed.csv("rows.csv", { order: "shuffle", unique: "run" })',
};

const RUN_SECONDS = 20;

const folder = await mkdtemp(join(tmpdir(), "locust-ts-feeds-"));
try {
  const rows = await writeRows(join(folder, "rows.csv"));
  console.log(`${megabytes} MB, ${rows} rows, ${users} users`);
  let base: number | undefined;
  for (const [name, source] of Object.entries(FEEDS)) {
    const peak = await measure(source);
    base ??= peak;
    console.log(`${name}: ${(peak / 1e6).toFixed(0)} MB at most, ${((peak - base) / 1e6).toFixed(0)} MB more`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function writeRows(path: string): Promise<number> {
  const file = createWriteStream(path);
  file.write("id,name,address\n");
  let rows = 0;
  for (let bytes = 0; bytes < megabytes * 1e6;) {
    let text = "";
    for (let each = 0; each < 10_000; each++) {
      text += `${rows},user ${rows++},"1 Long Street, ""Town"" ${rows % 977}"\n`;
    }
    bytes += text.length;
    if (!file.write(text)) await new Promise<void>((resolve) => file.once("drain", resolve));
  }
  await new Promise<void>((resolve) => file.end(resolve));
  return rows;
}

/** The peak of the resident memory, in bytes. */
async function measure(source: string): Promise<number> {
  await writeFile(
    join(folder, "locustfile.ts"),
    `import { constant, feed, task, User } from "locust-ts";
const rows = ${source};
export class Reader extends User {
  static override abstract = false;
  override waitTime = constant(1);
  @task async read() { if ((await rows.next(this)).id === "") throw new Error("no id"); }
}`,
  );
  const args = [
    "run",
    "locustfile.ts",
    "-u",
    String(users),
    "-r",
    String(users),
    "-t",
    `${RUN_SECONDS}s`,
    "--processes",
    "2",
  ];
  const child = spawn(resolve(EXECUTABLE), [...args, "--only-summary", "--loglevel", "WARNING"], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  let peak = 0;
  let isOver = false;
  void ended.then(() => isOver = true);
  while (!isOver) {
    const status = await readFile(`/proc/${child.pid}/status`, "utf8").catch(() => "");
    peak = Math.max(peak, 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    await sleep(200);
  }
  return peak;
}
