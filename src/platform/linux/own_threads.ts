/** The threads of this process, by their numbers and names: those that the runtime makes for itself are known by nothing else. */
import { readdirSync, readFileSync } from "node:fs";

/** Empty where there is no /proc, and while no file descriptor is left. */
export function listThreads(): number[] {
  try {
    return readdirSync("/proc/self/task").map(Number);
  } catch {
    return [];
  }
}

/** Empty if it has ended. Linux keeps 15 bytes of a name. */
export function nameOfThread(tid: number): string {
  return readOfThread(tid, "comm")?.trimEnd() ?? "";
}

/** A file of it; undefined if it has ended, or no file descriptor is left. */
export function readOfThread(tid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/self/task/${tid}/${file}`, "utf8");
  } catch {
    return undefined;
  }
}
