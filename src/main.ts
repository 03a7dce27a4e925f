/**
 * The entry of the program, and the only place that ends it: hands the process's own things to `cli/main.ts` and exits with the
 * code that comes back. The entries of the Web Workers are named here, because the executable finds them beside this file.
 */
import { randomUUID } from "node:crypto";
import os from "node:os";
import process from "node:process";
import manifest from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import { createMainDeps } from "./cli/main_deps.ts";
import { main } from "./cli/main.ts";
import { watchParent } from "./cli/run/parent_watch.ts";
import { withoutCommands } from "./cli/terminal/harmless_output.ts";
import { concludeOutputs, createTextOutput, type OutputStream } from "./cli/terminal/text_output.ts";
import { takeInitDuties } from "./cli/terminal/init_duties.ts";
import { ownCommand } from "./platform/own_command.ts";
import { listZombies } from "./platform/processes.ts";
import { startThread } from "./platform/threads.ts";
import { openWaitForChild } from "./platform/wait_for_child.ts";

const isGithub = process.env["GITHUB_ACTIONS"] === "true";
const openOutput = (stream: OutputStream) =>
  isGithub ? withoutCommands(createTextOutput(stream)) : createTextOutput(stream);
const stdout = openOutput(process.stdout);
const stderr = openOutput(process.stderr);
if (process.pid === 1) {
  takeInitDuties({
    process,
    clock: systemClock,
    exit: (code) => process.exit(code),
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
    stdin: process.stdin,
    signals: process,
    raise: (signal) => process.kill(process.pid, signal),
    env: process.env,
    get cwd() {
      return process.cwd(); // a resumed run enters the folder of its start
    },
    hostName: os.hostname().split(".")[0] ?? "localhost",
    version: manifest.version,
    cores: os.availableParallelism(),
    startThread,
    ownCommand: ownCommand(),
    parentEnded: watchParent(process.stdin, process.env),
    threadEntry: new URL("./thread/thread_main.ts", import.meta.url),
    controlEntry: new URL("./control/control_main.ts", import.meta.url),
    createId: () => randomUUID().replaceAll("-", ""),
  }),
);
process.exit(await concludeOutputs(stdout, stderr, code));
