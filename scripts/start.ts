/**
 * `npm start`: the first minute. Builds the executable if it is stale, starts the demo shop on a free port, lets
 * `examples/shop.ts` loose on it for 15 seconds in this terminal, and says what to try next. Nothing stays behind, also after a
 * Ctrl-C: that one goes to the run, which finishes in order.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { buildExecutable, EXECUTABLE, isExecutableFresh } from "./executable.ts";

const ROOT = process.cwd();
const PROGRAM = join(ROOT, EXECUTABLE);

/** The shop has failed to start if its first line is not there by then. */
const DEMO_LIMIT_MS = 20_000;

const RUN = ["run", "examples/shop.ts", "-u", "20", "-r", "5", "-t", "15s", "--exit-code-on-error", "0"];

const NEXT_STEPS = `
What to try next:
  ${EXECUTABLE} demo --port 8000                 the shop by itself, for a second terminal
  ${EXECUTABLE} run examples/shop.ts -H http://localhost:8000 -u 100 -r 10 -t 1m
  ${EXECUTABLE} init my-test                     a locustfile of your own, with types for your editor
  ${EXECUTABLE} --help                           everything else
  docs/getting-started.md                         the same, explained
`;

async function main(): Promise<number> {
  if (!await isExecutableFresh(ROOT)) {
    console.log("Building the executable …");
    await buildExecutable(ROOT);
  }
  const demo = startDemoProcess();
  const demoEnded = new Promise((resolve) => demo.on("close", resolve));
  // Whatever ends this process ends the shop.
  process.on("exit", () => demo.kill("SIGKILL"));
  process.on("SIGTERM", () => process.exit(143));
  const url = await readDemoUrl(demo);
  console.log(`The demo shop serves ${url}\n$ ${EXECUTABLE} ${RUN.join(" ")} -H ${url}\n`);
  // The terminal sends a Ctrl-C to the run as well, which drains and reports; here it only must not end us before that.
  process.on("SIGINT", () => {});
  const code = await runToEnd(spawn(PROGRAM, [...RUN, "-H", url], { cwd: ROOT, stdio: "inherit" }));
  demo.kill("SIGTERM");
  await demoEnded;
  console.log(NEXT_STEPS);
  return code;
}

/** In a process group of its own, so that a Ctrl-C does not take the shop away from a run that is still draining. */
function startDemoProcess(): ChildProcess {
  const args = ["demo", "--port", "0"];
  return spawn(PROGRAM, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"], detached: true });
}

/** The URL in the first line that the shop prints. */
function readDemoUrl(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const limit = setTimeout(
      () => reject(new Error(`The demo shop did not start; it said "${output}"`)),
      DEMO_LIMIT_MS,
    );
    const finish = (settle: () => void) => {
      clearTimeout(limit);
      settle();
    };
    demo.stdout?.on("data", (chunk) => {
      output += chunk;
      const url = /https?:\/\/[\w.:[\]-]+/.exec(output)?.[0];
      if (url !== undefined && output.includes("\n")) finish(() => resolve(url));
    });
    demo.on("error", (error) => finish(() => reject(error)));
    demo.on("exit", (code) => finish(() => reject(new Error(`The demo shop ended with ${code} before it served`))));
  });
}

function runToEnd(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(code ?? (signal === "SIGINT" ? 130 : 143)));
  });
}

try {
  process.exit(await main());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
