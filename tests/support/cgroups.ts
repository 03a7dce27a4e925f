/** Control groups for one test, version 1 or 2 as this machine has them: made with a limit, taken away at the end. Needs root. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { findCgroups } from "../../src/platform/machine/cgroup.ts";
import { requireRoot, requireThat, type SkipReason } from "./requirements.ts";

export interface TestCgroup extends Disposable {
  readonly folder: string;
  /** What to put before a command that is to run in the group. */
  readonly before: readonly string[];
}

/** False if groups of this controller can be made here. */
export function requireCgroup(controller: "cpu" | "memory"): SkipReason {
  return requireRoot() || requireThat(canMake(controller), `no control groups of ${controller} can be made`);
}

/** A group whose processes may use that share of one core. */
export function openCpuCgroup(share: number): TestCgroup {
  const { folder, version } = make("cpu");
  const quotaUs = String(Math.round(share * 100_000));
  if (version === 1) {
    writeFileSync(`${folder}/cpu.cfs_period_us`, "100000");
    writeFileSync(`${folder}/cpu.cfs_quota_us`, quotaUs);
  } else writeFileSync(`${folder}/cpu.max`, `${quotaUs} 100000`);
  return toTestCgroup(folder);
}

/** A group with that much memory, and the file that says how much of it is in use. */
export function openMemoryCgroup(bytes: number): TestCgroup & { readonly usageFile: string } {
  const { folder, version } = make("memory");
  writeFileSync(`${folder}/${version === 1 ? "memory.limit_in_bytes" : "memory.max"}`, String(bytes));
  const usageFile = `${folder}/${version === 1 ? "memory.usage_in_bytes" : "memory.current"}`;
  return { ...toTestCgroup(folder), usageFile };
}

function toTestCgroup(folder: string): TestCgroup {
  return {
    folder,
    before: ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', folder],
    [Symbol.dispose]: () => rmdirSync(folder), // its processes have ended
  };
}

let made = 0;

function make(controller: "cpu" | "memory"): { readonly folder: string; readonly version: 1 | 2 } {
  const read = (path: string) => existsSync(path) ? readFileSync(path, "utf8") : "";
  const groups = findCgroups(controller, read("/proc/self/cgroup"), read("/proc/self/mountinfo"));
  for (const { version, folders } of groups) {
    const top = folders.at(-1) as string;
    if (version === 2 && !read(`${top}/cgroup.subtree_control`).split(/\s+/).includes(controller)) continue;
    const folder = `${top}/lts-test-${process.pid}-${made++}`;
    mkdirSync(folder);
    return { folder, version };
  }
  throw new Error(`no control group of ${controller} is mounted`);
}

function canMake(controller: "cpu" | "memory"): boolean {
  try {
    rmdirSync(make(controller).folder);
    return true;
  } catch {
    return false; // not mounted, or read-only as in most containers
  }
}
