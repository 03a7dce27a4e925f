/**
 * Loads a locustfile in a thread of its own, says what it holds and lets it go: for `check`, `--list` and the help of
 * its options.
 */
import { openControlThread } from "../../control/control_thread.ts";
import type { LocustfileDescription } from "../../protocol/locustfile_description.ts";
import { loadLocustfile } from "../../session/test_lifecycle.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { openLogging } from "../terminal/logging.ts";
import type { TextOutput } from "../terminal/text_output.ts";

/**
 * What the file prints meanwhile goes to `prints`; absent: it is printed again by those that run the file.
 *
 * @throws {UsageError} with all that is wrong with it
 */
export async function describeLocustfile(
  files: readonly string[],
  prints: TextOutput | undefined,
  deps: ProcessDeps,
): Promise<LocustfileDescription> {
  using logging = openLogging({
    level: "WARNING",
    setup: "normal",
    host: deps.hostName,
    stderr: deps.stderr,
    stdout: prints ?? deps.stdout,
    wallMs: () => deps.clock.wallMs(),
  });
  const control = openControlThread({
    entry: deps.controlEntry,
    startThread: deps.startThread,
    clock: deps.clock,
    receiver: {
      userMessage: (message) => {
        if (message.kind === "log" && prints !== undefined) logging.relay(message);
      },
      failed: () => {}, // the question below fails with it
    },
  });
  try {
    return await loadLocustfile(control, files, "WARNING");
  } finally {
    control.terminate();
  }
}
