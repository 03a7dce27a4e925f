/**
 * The entry of the program, and the only place that ends it. The entries of the Web Workers are named here, because the executable
 * finds them beside this file. What loads a locustfile needs the control thread: it is started before the program is loaded.
 */
import process from "node:process";
import { CONTROL_THREAD } from "./control/thread_name.ts";
import { startEarly } from "./platform/early_thread.ts";
import { startThread } from "./platform/threads.ts";

const controlEntry = new URL("./control/control_main.ts", import.meta.url);
const [verb, ...words] = process.argv.slice(2);
/** A run that is resumed enters the folder of its start first. */
const loadsHere = (verb === "run" || verb === "check") && !words.some((word) => word.includes("-res"));
const starter = loadsHere ? startEarly(startThread, controlEntry, CONTROL_THREAD) : startThread;
const { runProgram } = await import("./cli/program.ts");
process.exit(
  await runProgram({
    startThread: starter,
    threadEntry: new URL("./thread/thread_main.ts", import.meta.url),
    controlEntry,
    exit: (code) => process.exit(code),
  }),
);
