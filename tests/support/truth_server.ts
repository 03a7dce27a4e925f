/**
 * The server of known latencies (`truth_server.c`) as a process of its own, with its record of what it did. Needs a C compiler:
 * `requireTool("gcc")`.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findTool } from "./requirements.ts";

export type TruthRoute = "/constant" | "/lognormal" | "/bimodal" | "/errors" | "/resets" | "/bare" | "/large";

/** One request as the server saw it: from the kernel's receive time stamp to the call that sent the answer. */
export interface ServedRequest {
  readonly route: string;
  /** 0: the connection was reset instead. */
  readonly status: number;
  /** Since the first request of the record. */
  readonly receivedMs: number;
  readonly tookMs: number;
}

export interface TruthServer extends AsyncDisposable {
  readonly url: string;
  /** The unix socket on which it listens too. */
  readonly socketPath: string;
  readonly pid: number;
  record(): Promise<ServedRequest[]>;
  /** Empties the record. */
  forget(): Promise<void>;
  /** Holds up the whole server; resolves when it serves again. */
  stall(ms: number): Promise<void>;
}

/** `before`: a command that starts it in some surroundings, such as `taskset`. */
export async function openTruthServer(seed: number, before: readonly string[] = []): Promise<TruthServer> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-truth-"));
  const program = join(folder, "truth_server");
  const socketPath = join(folder, "socket");
  const source = fileURLToPath(new URL("./truth_server.c", import.meta.url));
  execFileSync(findTool("gcc") ?? "cc", ["-O2", "-o", program, source, "-lm"]);
  const [command = program, ...args] = [...before, program, "0", String(seed), socketPath];
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server of known latencies ended with ${code}`)));
    child.stdout.setEncoding("utf8").once("data", (text: string) => resolve(text.trim()));
  });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string) => await (await fetch(`${url}${path}`)).text();
  return {
    url,
    socketPath,
    pid: child.pid ?? 0,
    record: async () => (await ask("/record")).trim().split("\n").filter((line) => line !== "").map(parseLine),
    forget: async () => void await ask("/forget"),
    stall: async (ms) => void await ask(`/stall?ms=${ms}`),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function parseLine(line: string): ServedRequest {
  const [route = "", status, receivedMs, tookMs] = line.split(" ");
  return { route, status: Number(status), receivedMs: Number(receivedMs), tookMs: Number(tookMs) };
}

/** The value at a percent of all values, by nearest rank: the definition itself, over every value. */
export function exactPercentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(percent / 100 * sorted.length - 1e-6));
  return sorted[rank - 1] ?? NaN;
}

export function exactMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
