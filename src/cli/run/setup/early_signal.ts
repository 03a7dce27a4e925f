/** Handles a Ctrl-C or SIGTERM that comes while the locustfile is being loaded: nothing runs that could be ended in order, so the process ends. */
import type { Logger } from "../../../base/logger.ts";
import { signalExitCode } from "../../terminal/exit_code.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";

export type Loaded<T> = { readonly kind: "loaded"; readonly value: T } | {
  readonly kind: "interrupted";
  readonly exitCode: number;
};

/** Rejects as `loading` does, which may never settle. */
export async function loadUnlessInterrupted<T>(
  loading: Promise<T>,
  interrupt: Interrupt,
  logger: Logger,
): Promise<Loaded<T>> {
  const drained = Promise.withResolvers<Loaded<T>>();
  const leave = () => {
    const signal = interrupt.signal ?? "SIGINT";
    const cause = signal === "SIGINT" ? "Exiting due to CTRL+C interruption" : `Got ${signal} signal`;
    logger.info(`${cause} while the locustfile is being loaded: nothing has run`);
    drained.resolve({ kind: "interrupted", exitCode: signalExitCode(signal) });
  };
  interrupt.drain.addEventListener("abort", leave, { once: true });
  if (interrupt.drain.aborted) leave();
  try {
    return await Promise.race([loading.then((value) => ({ kind: "loaded" as const, value })), drained.promise]);
  } finally {
    interrupt.drain.removeEventListener("abort", leave);
  }
}
