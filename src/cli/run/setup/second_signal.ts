/** Handles the second Ctrl-C or SIGTERM: the process exits at once. */
import { signalExitCode } from "../../terminal/exit_code.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";

/** Resolves to the exit code when the second signal comes. */
export function whenLeft(interrupt: Interrupt): Promise<number> {
  return new Promise((resolve) => {
    const leave = () => resolve(signalExitCode(interrupt.signal ?? "SIGINT"));
    if (interrupt.leave.aborted) leave();
    else interrupt.leave.addEventListener("abort", leave, { once: true });
  });
}
