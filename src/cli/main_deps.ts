/** The verbs' own work, for `main`: from the process's things to functions that resolve to exit codes. */
import os from "node:os";
import process from "node:process";
import { listProcessesOf, type SeenProcess } from "../platform/processes.ts";
import { runtimeVersion } from "../platform/runtime.ts";
import { openControlThread } from "../control/control_thread.ts";
import { loadLocustfile } from "../session/test_lifecycle.ts";
import { openLogging } from "./terminal/logging.ts";
import { listenForInterrupt } from "./terminal/interrupt.ts";
import { calibrate } from "./verbs/calibrate.ts";
import { compareFiles } from "./verbs/compare.ts";
import { serveDemo } from "./verbs/demo.ts";
import { checkHealth } from "./verbs/health.ts";
import type { MainDeps } from "./main.ts";
import type { ProcessDeps } from "./process_deps.ts";
import { reportRun } from "./verbs/report_run.ts";
import { runLoad } from "./run/run.ts";
import { runLocustfileOnce } from "./verbs/run_locustfile_once.ts";
import { runWorker } from "./run/worker_run.ts";

export function createMainDeps(deps: ProcessDeps): MainDeps {
  return {
    env: deps.env,
    cwd: deps.cwd,
    enterFolder: (folder) => process.chdir(folder),
    home: os.homedir(),
    stdout: deps.stdout,
    stderr: deps.stderr,
    wallMs: () => deps.clock.wallMs(),
    version: deps.version,
    runtime: runtimeVersion(),
    run: (request) => request.options.once ? runLocustfileOnce(request, deps) : runLoad(request, deps),
    work: (request) => runWorker(request, deps),
    demo: (options) => serveDemo(options, deps),
    debug: async (files, options) => {
      const { debugProgram } = await import("./verbs/debug_program.ts"); // the whole API, which no other command needs here
      const listen = () => listenForInterrupt(deps.signals, () => deps.clock.nowMs());
      const print = (line: string) => deps.stdout.write(`${line}\n`);
      return await debugProgram(files, options, { print, listen });
    },
    report: (options) => reportRun(options, deps),
    compare: (options) => compareFiles(options, deps),
    calibrate: (options) => calibrate(options, deps),
    health: (options) => checkHealth(options, { processes: () => otherProcesses(deps) }),
    describe: async (files, prints) => {
      using logging = openLogging({
        level: "WARNING",
        setup: "normal",
        host: deps.hostName,
        stderr: deps.stderr,
        stdout: prints,
        wallMs: () => deps.clock.wallMs(),
      });
      const control = openControlThread({
        entry: deps.controlEntry,
        startThread: deps.startThread,
        clock: deps.clock,
        receiver: {
          userMessage: (message) => {
            if (message.kind === "log") logging.relay(message);
          },
          failed: () => {}, // the question below fails with it
        },
      });
      try {
        return await loadLocustfile(control, files, "WARNING");
      } finally {
        control.terminate();
      }
    },
  };
}

/** Other processes of this program: the executable's, or from source those that run the same script. */
function otherProcesses({ ownCommand }: ProcessDeps): readonly SeenProcess[] {
  const [program = "", ...script] = ownCommand;
  return listProcessesOf(program)
    .filter(({ pid, argv }) => pid !== process.pid && script.every((word, index) => argv[index] === word))
    .map((seen) => ({ ...seen, argv: seen.argv.slice(script.length) }));
}
