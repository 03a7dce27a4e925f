/**
 * Uncaught errors of this thread: an unawaited promise that was rejected, a timer callback that threw. With a listener
 * installed the thread continues; without one, a single unawaited promise of a locustfile would end all its users.
 */
import process from "node:process";
import { runtimeName } from "../runtime.ts";

export type UncaughtKind = "rejection" | "exception";

/** From now on `report` gets every uncaught error of this thread, until the thread ends. */
export function watchUncaught(report: (error: unknown, kind: UncaughtKind) => void): void {
  if (runtimeName === "deno") {
    // Deno's process.on() would work too, but these alone keep it from ending the thread afterwards.
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      report(event.reason, "rejection");
    });
    globalThis.addEventListener("error", (event) => {
      event.preventDefault();
      report(event.error ?? new Error(event.message), "exception");
    });
    return;
  }
  process.on("unhandledRejection", (reason) => report(reason, "rejection"));
  process.on("uncaughtException", (error) => report(error, "exception"));
}
