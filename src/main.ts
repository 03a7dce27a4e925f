/**
 * The entry of the program, and the only place that ends it. The entries of the Web Workers are named here, because the
 * executable finds them beside this file. What runs a locustfile needs a thread that runs users, and some runs need the
 * control thread before that: they are started before the program is loaded.
 */
import process from "node:process";
import { hintsAtControl } from "./control/control_hint.ts";
import { CONTROL_THREAD } from "./control/thread_name.ts";
import { compilePatiently } from "./platform/threads/compilation.ts";
import { startEarly } from "./platform/threads/early_thread.ts";
import { startThread } from "./platform/threads/threads.ts";

compilePatiently();
const controlEntry = new URL("./control/control_main.ts", import.meta.url);
const threadEntry = new URL("./thread/thread_main.ts", import.meta.url);
const [verb = "", ...words] = process.argv.slice(2);
/** A run that is resumed enters the folder of its start first. */
const loadsHere = ["run", "hit", "check"].includes(verb) && !words.some((word) => /-res|^--?h(elp)?$/.test(word));
/** Others say by an option that they run no users. */
const runsUsers = loadsHere && verb !== "check" && !words.some((word) => /^(--master|--list|-l|--show-)/.test(word));
const users = runsUsers ? startEarly(startThread, threadEntry, "locust-thread-0") : undefined;
const withUsers = users?.start ?? startThread;
/** The users' thread starts before the files are at hand. */
const readText = (path: string) => process.getBuiltinModule("node:fs").readFileSync(path, "utf8");
/** The file of a `hit` is ours, and has neither listeners nor shapes. */
const needsControl = loadsHere && verb !== "hit" && (!runsUsers || hintsAtControl(words, readText));
const control = needsControl ? startEarly(withUsers, controlEntry, CONTROL_THREAD) : undefined;
const { runProgram } = await import("./cli/program.ts");
process.exit(
  await runProgram({
    startThread: control?.start ?? withUsers,
    prepareThreads: (order) => {
      control?.post(order);
      users?.post(order);
    },
    threadEntry,
    controlEntry,
    controlStart: control === undefined ? "late" : "early",
    exit: (code) => process.exit(code),
  }),
);
