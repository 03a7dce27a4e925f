/**
 * Uncaught errors of this thread: an unawaited promise that was rejected, a timer callback that threw.
 * With a listener installed the thread lives on; without one, one careless line of a locustfile would end all its users.
 */
import process from "node:process";
import { runtimeName } from "./runtime.ts";

export type UncaughtKind = "rejection" | "exception";

/** From now on `told` gets every uncaught error of this thread. There is no way back: a thread has one owner for its life. */
export function watchUncaught(told: (error: unknown, kind: UncaughtKind) => void): void {
  if (runtimeName === "deno") {
    // Deno's process.on() would work too, but these alone keep it from ending the thread afterwards.
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      told(event.reason, "rejection");
    });
    globalThis.addEventListener("error", (event) => {
      event.preventDefault();
      told(event.error ?? new Error(event.message), "exception");
    });
    return;
  }
  process.on("unhandledRejection", (reason) => told(reason, "rejection"));
  process.on("uncaughtException", (error) => told(error, "exception"));
}
