/**
 * Handles a Ctrl-C or SIGTERM that comes while the locustfile is being loaded: nothing runs that could be ended in
 * order, so the process ends.
 */
import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/logger.ts";
import { signalExitCode } from "../../terminal/exit_code.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";

export type Loaded<T> = { readonly kind: "loaded"; readonly value: T } | {
  readonly kind: "interrupted";
  readonly exitCode: number;
};

/** Most locustfiles are loaded in a tenth of it: what takes longer is named, as it may be a loop or an await that never ends. */
const REMARKABLE_LOAD_MS = 5_000;

/** Rejects as `loading` does, which may never settle. */
export async function loadUnlessInterrupted<T>(
  loading: Promise<T>,
  interrupt: Interrupt,
  { logger, clock }: { readonly logger: Logger; readonly clock: Clock },
): Promise<Loaded<T>> {
  const drained = Promise.withResolvers<Loaded<T>>();
  const leave = () => {
    const signal = interrupt.signal ?? "SIGINT";
    const cause = signal === "SIGINT" ? "Exiting due to CTRL+C interruption" : `Got ${signal} signal`;
    logger.info(`${cause} while the locustfile is being loaded: nothing has run`);
    drained.resolve({ kind: "interrupted", exitCode: signalExitCode(signal) });
  };
  const hint = clock.schedule(REMARKABLE_LOAD_MS, () => logger.info("Waiting for the import of the locustfile to end"));
  interrupt.drain.addEventListener("abort", leave, { once: true });
  if (interrupt.drain.aborted) leave();
  try {
    return await Promise.race([loading.then((value) => ({ kind: "loaded" as const, value })), drained.promise]);
  } finally {
    hint.cancel();
    interrupt.drain.removeEventListener("abort", leave);
  }
}
