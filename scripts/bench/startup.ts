/**
 * From starting the executable to its first request: a server of our own notes when the first byte arrives. Runs several times
 * and prints minimum, median and maximum; the first one, with cold file caches, is left out.
 *
 *     bun scripts/bench/startup.ts [rounds]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { EXECUTABLE } from "../executable.ts";
import { measureFirstRequest, openFirstRequestServer } from "./first_request.ts";

const LOCUSTFILE = `
import { FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  @task
  async home() {
    await this.client.get("/");
    await this.sleep(60);
  }
}
`;

const rounds = Number(process.argv[2] ?? 9);
const folder = await mkdtemp(join(tmpdir(), "locust-ts-startup-"));
const locustfile = join(folder, "locustfile.ts");
await writeFile(locustfile, LOCUSTFILE);
using server = await openFirstRequestServer();
const amount = ["-u", "1", "-r", "1", "-t", "30s", "--only-summary"];
const command = [EXECUTABLE, "run", locustfile, "-H", new URL(server.url).origin, ...amount];
try {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ms = await measureFirstRequest(server, command);
    if (round > 0) times.push(ms);
  }
  times.sort((a, b) => a - b);
  const [min, median, max] = [times[0], times[times.length >> 1], times.at(-1)];
  console.log(
    `exec to first request, ${rounds} rounds: min ${min?.toFixed(1)} ms, median ${median?.toFixed(1)} ms, max ${
      max?.toFixed(1)
    } ms`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
