/**
 * The program as a process: hands the process's own things to `main.ts`. Resolves to the exit code, when all that was
 * written has been handed over.
 */
import os from "node:os";
import process from "node:process";
import manifest from "../../package.json" with { type: "json" };
import { systemClock } from "../base/clock.ts";
import { createMainDeps } from "./main_deps.ts";
import { main } from "./main.ts";
import type { ProcessDeps } from "./terminal/process_deps.ts";
import { PARENT_PIPE, watchParent } from "./run/cluster/parent_watch.ts";
import { withoutCommands } from "./terminal/harmless_output.ts";
import { isTerminal, keySource, lateOutput } from "./terminal/late_streams.ts";
import { concludeOutputs, createTextOutput, type OutputStream } from "./terminal/text_output.ts";
import { heardSignals } from "./terminal/heard_signals.ts";
import { takeInitDuties } from "./terminal/init_duties.ts";
import { compileAsUsual, PATIENT_MS } from "../platform/threads/compilation.ts";
import { hangupAtStart } from "../platform/machine/hangup.ts";
import { ownCommand } from "../platform/machine/own_command.ts";
import { listZombies } from "../platform/machine/processes.ts";
import type { StartThread } from "../platform/threads/thread_host.ts";
import { openWaitForChild } from "../platform/machine/wait_for_child.ts";

/** What only the entry of the program has. */
export interface ProgramParts {
  readonly startThread: StartThread;
  readonly prepareThreads: NonNullable<ProcessDeps["prepareThreads"]>;
  readonly threadEntry: URL;
  readonly controlEntry: URL;
  readonly controlStart: NonNullable<ProcessDeps["controlStart"]>;
  readonly exit: (code: number) => void;
}

export async function runProgram(parts: ProgramParts): Promise<number> {
  systemClock.schedule(PATIENT_MS, compileAsUsual);
  const isGithub = process.env["GITHUB_ACTIONS"] === "true";
  const openOutput = (stream: OutputStream) =>
    isGithub ? withoutCommands(createTextOutput(stream)) : createTextOutput(stream);
  const stdout = openOutput(lateOutput(isTerminal(1), () => process.stdout));
  const stderr = openOutput(lateOutput(isTerminal(2), () => process.stderr));
  if (process.pid === 1) {
    takeInitDuties({
      process,
      clock: systemClock,
      exit: parts.exit,
      listZombies: () => listZombies(process.pid),
      waitFor: openWaitForChild(),
    });
  }
  const code = await main(
    process.argv.slice(2),
    createMainDeps({
      clock: systemClock,
      stdout,
      stderr,
      stdin: keySource(),
      signals: heardSignals(process, hangupAtStart(stdout.isTty || stderr.isTty ? "terminal" : "elsewhere")),
      raise: (signal) => process.kill(process.pid, signal),
      env: process.env,
      get cwd() {
        return process.cwd(); // a resumed run enters the folder of its start
      },
      hostName: os.hostname().split(".")[0] ?? "localhost",
      version: manifest.version,
      cores: os.availableParallelism(),
      startThread: parts.startThread,
      prepareThreads: parts.prepareThreads,
      ownCommand: ownCommand(),
      parentEnded: process.env[PARENT_PIPE] === undefined ? undefined : watchParent(process.stdin, process.env),
      threadEntry: parts.threadEntry,
      controlEntry: parts.controlEntry,
      controlStart: parts.controlStart,
      createId: () => crypto.randomUUID().replaceAll("-", ""),
    }),
  );
  return await concludeOutputs(stdout, stderr, code);
}
