/**
 * The signals that the program listens to. One that was started with SIGHUP ignored, as `nohup` does it, goes on when
 * its terminal is closed: a listener would end that.
 */
import type { SignalSource } from "./interrupt.ts";

export function heardSignals(source: SignalSource, hangup: "ignored" | "heard"): SignalSource {
  if (hangup === "heard") return source;
  return {
    on: (signal, listener) => signal === "SIGHUP" ? undefined : source.on(signal, listener),
    off: (signal, listener) => signal === "SIGHUP" ? undefined : source.off(signal, listener),
  };
}
