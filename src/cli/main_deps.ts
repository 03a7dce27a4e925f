/**
 * The verbs' own work, for `main`: from the process's things to functions that resolve to exit codes. The code of a
 * verb is loaded when it is asked for, so that no other command waits for it.
 */
import os from "node:os";
import process from "node:process";
import { listProcessesOf, type SeenProcess } from "../platform/machine/processes.ts";
import { runtimeVersion } from "../platform/runtime.ts";
import type { MainDeps } from "./main.ts";
import type { ProcessDeps } from "./terminal/process_deps.ts";

export function createMainDeps(deps: ProcessDeps): MainDeps {
  return {
    env: deps.env,
    cwd: deps.cwd,
    enterFolder: (folder) => process.chdir(folder),
    home: os.homedir(),
    stdout: deps.stdout,
    stderr: deps.stderr,
    readLine: deps.stdin.isTTY === true && deps.stdout.isTty
      ? async () => (await import("./terminal/line_input.ts")).readLine(deps.stdin)
      : undefined,
    wallMs: () => deps.clock.wallMs(),
    version: deps.version,
    runtime: runtimeVersion(),
    run: async (request) => {
      if (request.options.once) {
        const { runLocustfileOnce } = await import("./verbs/run_locustfile_once.ts");
        return await runLocustfileOnce(request, deps);
      }
      const { files, options: { logLevel, socket } } = request;
      deps.prepareThreads?.({ kind: "prepare", source: { files }, logLevel, socket }); // beside the import of all that a run needs
      const { runLoad } = await import("./run/run.ts");
      return await runLoad(request, deps);
    },
    work: async (request) => {
      const { runWorker } = await import("./run/worker/worker_run.ts");
      return await runWorker(request, deps);
    },
    demo: async (options) => {
      const { serveDemo } = await import("./verbs/demo.ts");
      return await serveDemo(options, deps);
    },
    debug: async (files, options) => {
      const { debugProgram } = await import("./verbs/debug_program.ts");
      const { listenForInterrupt } = await import("./terminal/interrupt.ts");
      const listen = () => listenForInterrupt(deps.signals, () => deps.clock.nowMs());
      const print = (line: string) => deps.stdout.write(`${line}\n`);
      return await debugProgram(files, options, { print, listen });
    },
    report: async (options) => {
      const { reportRun } = await import("./verbs/report_run.ts");
      return await reportRun(options, deps);
    },
    compare: async (options) => {
      const { compareFiles } = await import("./verbs/compare.ts");
      return await compareFiles(options, deps);
    },
    calibrate: async (options) => {
      const { calibrate } = await import("./verbs/calibrate.ts");
      return await calibrate(options, deps);
    },
    health: async (options) => {
      const { checkHealth } = await import("./verbs/health.ts");
      return await checkHealth(options, { processes: () => otherProcesses(deps) });
    },
    describe: async (files, prints) => {
      const { describeLocustfile } = await import("./verbs/describe_locustfile.ts");
      return await describeLocustfile(files, prints, deps);
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
