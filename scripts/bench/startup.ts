/**
 * From starting the executable to its first request: a server of our own notes when the first byte arrives. Runs several times
 * and prints minimum, median and maximum; the first one, with cold file caches, is left out.
 *
 *     bun scripts/bench/startup.ts [rounds]
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { EXECUTABLE } from "../executable.ts";

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

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

const rounds = Number(process.argv[2] ?? 9);
const folder = await mkdtemp(join(tmpdir(), "locust-ts-startup-"));
const locustfile = join(folder, "locustfile.ts");
await writeFile(locustfile, LOCUSTFILE);
try {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const ms = await measureStart();
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

/** Milliseconds from spawn to the first byte of the first request. */
async function measureStart(): Promise<number> {
  const { server, port, firstByte } = await openServer();
  const startMs = performance.now();
  const args = [
    "run",
    locustfile,
    "-H",
    `http://127.0.0.1:${port}`,
    "-u",
    "1",
    "-r",
    "1",
    "-t",
    "30s",
    "--only-summary",
  ];
  const child = spawn(EXECUTABLE, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk) => said += chunk);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const endedEarly = ended.then((code) => {
    throw new Error(`${EXECUTABLE} ended with ${code} before its first request; it said\n${said}`);
  });
  try {
    return await Promise.race([firstByte, endedEarly]) - startMs;
  } finally {
    endedEarly.catch(() => {}); // it ends because we end it
    child.kill("SIGKILL");
    await ended;
    server.close();
  }
}

function openServer(): Promise<
  { readonly server: Server; readonly port: number; readonly firstByte: Promise<number> }
> {
  return new Promise((resolve, reject) => {
    let note: (ms: number) => void;
    const firstByte = new Promise<number>((settle) => note = settle);
    const server = createServer((socket) => {
      socket.on("error", () => {}); // the client is killed with its connection open
      socket.on("data", () => {
        note(performance.now());
        socket.write(ANSWER);
      });
    });
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address !== null && typeof address === "object") resolve({ server, port: address.port, firstByte });
    });
  });
}
