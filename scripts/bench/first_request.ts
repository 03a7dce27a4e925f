/** From starting a program to its first request: a server of our own notes when the first byte arrives, and the program is killed. */
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import process from "node:process";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A program that has sent nothing for so long will not. */
const PATIENCE_MS = 20_000;

export interface FirstRequestServer extends Disposable {
  readonly url: string;
  /** Resolves to the time of the next first byte. */
  next(): Promise<number>;
}

export function openFirstRequestServer(): Promise<FirstRequestServer> {
  let note: (ms: number) => void = () => {};
  return new Promise((resolve, reject) => {
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
      if (address === null || typeof address !== "object") return reject(new Error("Cannot listen on 127.0.0.1"));
      resolve({
        url: `http://127.0.0.1:${address.port}/`,
        next: () => new Promise((settle) => note = settle),
        [Symbol.dispose]: () => void server.close(),
      });
    });
  });
}

/** Milliseconds from spawn to the first byte of the first request. Rejects when the program ends before it. */
export async function measureFirstRequest(server: FirstRequestServer, command: readonly string[]): Promise<number> {
  const [program = "", ...args] = command;
  const firstByte = server.next();
  const startMs = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  let said = "";
  child.stderr.on("data", (chunk) => said += chunk);
  const ended = new Promise<number | null>((resolve, reject) => child.on("close", resolve).on("error", reject));
  const endedEarly = ended.then((code) => {
    throw new Error(`${program} ended with ${code} before its first request; it said\n${said}`);
  });
  const patience = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    patience.reject(new Error(`${program} has made no request for ${PATIENCE_MS / 1000} s`));
  }, PATIENCE_MS);
  try {
    return await Promise.race([firstByte, endedEarly, patience.promise]) - startMs;
  } finally {
    clearTimeout(timer);
    endedEarly.catch(() => {}); // it ends because we end it
    killGroup(child.pid);
    await ended.catch(() => {});
  }
}

/** Some tools are scripts that start the real one. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // it has ended by itself
  }
}
