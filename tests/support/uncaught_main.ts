/**
 * Starts the echo thread, makes it drop two errors, and prints what it says, one JSON line each. A program of its own because
 * `bun test` takes the uncaught errors of threads for itself.
 */
import process from "node:process";
import { startThread } from "../../src/platform/threads/threads.ts";
import type { EchoOrder } from "./echo_thread.ts";

const said: unknown[] = [];
const thread = startThread<unknown, EchoOrder>(new URL("./echo_thread.ts", import.meta.url), "echo", {
  message: (message) => {
    said.push(message);
    if (message === "ready") thread.post({ do: "reject" });
    else if (said.length === 2) thread.post({ do: "throwLater" });
    else if (said.length === 3) thread.post({ do: "echo", data: "alive" });
    else finish();
  },
  failed: (problem) => {
    said.push({ failed: problem });
    finish();
  },
});

function finish(): void {
  process.stdout.write(`${JSON.stringify(said)}\n`, () => process.exit(0));
}
