/** Whether this process was started with SIGHUP ignored, as by `nohup`. Asked before anything listens to the signal. */
import { readFileSync } from "node:fs";
import process from "node:process";

/** The first bit of the mask. */
const SIGHUP_BIT = 1n;

/** `outputs`: where standard output and standard error go. */
export function hangupAtStart(outputs: "terminal" | "elsewhere"): "ignored" | "heard" {
  if (process.platform === "win32") return "ignored"; // not all runtimes have the signal there
  const status = readStatus();
  if (status !== undefined) return ignoresHangup(status) ? "ignored" : "heard";
  // Elsewhere the system does not say it, but `nohup` leaves neither output on a terminal.
  return outputs === "terminal" ? "heard" : "ignored";
}

/** Of the text of `/proc/self/status`. Pure. */
export function ignoresHangup(status: string): boolean {
  const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & SIGHUP_BIT) !== 0n;
}

function readStatus(): string | undefined {
  try {
    return readFileSync("/proc/self/status", "utf8");
  } catch {
    return undefined; // another system
  }
}
