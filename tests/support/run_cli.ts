/**
 * Runs the built executable (or the source, with LOCUST_TS_COMMAND set to e.g. `bun src/main.ts`) as a user would, and collects
 * what it printed. Every run has a time limit, so that a hang fails one test and not the suite.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { makeKeptFolder } from "./kept_folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const EXECUTABLE = join(ROOT, "dist", "locust-ts");

export interface CliResult {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
  stderr(): string;
  stdout(): string;
  /** Resolves when stdout or stderr contains the text; rejects when the process ends before. */
  waitFor(text: string | RegExp): Promise<void>;
}

let madeDataHome: string | undefined;

/** Where masters keep the journals that nobody asked for: those of this process's tests alone. */
function dataHome(): string {
  return madeDataHome ??= makeKeptFolder();
}

/** The command and first arguments of the product under test. */
export function productCommand(): string[] {
  const override = process.env["LOCUST_TS_COMMAND"];
  if (override !== undefined && override !== "") return override.split(" ");
  if (!existsSync(EXECUTABLE)) throw new Error(`No executable at ${EXECUTABLE}: run "npm run build" first`);
  return [EXECUTABLE];
}

export function startCli(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Record<string, string>;
    readonly timeoutMs?: number;
    /** A command that starts the product in some surroundings. */
    readonly before?: readonly string[];
    /** Another program than the product under test, e.g. its sources under another runtime. */
    readonly command?: readonly string[];
  } = {},
): CliProcess {
  const [command, ...first] = [...options.before ?? [], ...options.command ?? productCommand()] as [
    string,
    ...string[],
  ];
  const child = spawn(command, [...first, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, NO_COLOR: "1", XDG_DATA_HOME: dataHome(), ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  let closed = false;
  const watchers = new Set<() => void>();
  const notify = () => watchers.forEach((watch) => watch());
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    notify();
  });
  child.stderr!.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    notify();
  });
  const limit = setTimeout(() => child.kill("SIGKILL"), options.timeoutMs ?? 60_000);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      closed = true;
      clearTimeout(limit);
      notify();
      resolve({ code, signal, stdout, stderr });
    });
  });
  const waitFor = (text: string | RegExp) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        const all = stdout + stderr;
        if (typeof text === "string" ? all.includes(text) : text.test(all)) resolve();
        else if (closed) reject(new Error(`The process ended without printing ${text}:\n${all}`));
        else return;
        watchers.delete(check);
      };
      watchers.add(check);
      check();
    });
  return { child, ended, stderr: () => stderr, stdout: () => stdout, waitFor };
}

export function runCli(...parameters: Parameters<typeof startCli>): Promise<CliResult> {
  return startCli(...parameters).ended;
}

/** A folder of its own with the given files; returns its path. */
export function writeFiles(files: Readonly<Record<string, string>>): string {
  const folder = makeKeptFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
