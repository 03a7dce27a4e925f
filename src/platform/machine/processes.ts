/**
 * Other processes of this machine, as Linux shows them under /proc: which ones run the same executable, and which ones
 * have ended without being waited for. Elsewhere there are none to see.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

export interface SeenProcess {
  readonly pid: number;
  /** After the executable's own name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** One letter: R and S run, T is stopped, Z has ended. */
  readonly state: string;
}

/** Processes that run the executable at `path`, by pid. Those that another user owns are left out: they show nothing. */
export function listProcessesOf(path: string, proc = "/proc"): readonly SeenProcess[] {
  return listPids(proc).flatMap((pid) => {
    const folder = join(proc, String(pid));
    try {
      if (readlinkSync(join(folder, "exe")) !== path) return [];
      return [{
        pid,
        argv: splitZeros(readFileSync(join(folder, "cmdline"), "utf8")).slice(1),
        env: Object.fromEntries(splitZeros(readFileSync(join(folder, "environ"), "utf8")).map(splitVariable)),
        cwd: readlinkSync(join(folder, "cwd")),
        state: readStat(proc, pid)?.state ?? "Z",
      }];
    } catch {
      return []; // it has ended meanwhile, or is not ours to read
    }
  });
}

/** A process that has ended and that its parent has not waited for. `id` tells it from a later one with the same pid. */
export interface Zombie {
  readonly pid: number;
  readonly id: string;
}

export function listZombies(parent: number, proc = "/proc"): readonly Zombie[] {
  return listPids(proc).flatMap((pid) => {
    const stat = readStat(proc, pid);
    return stat?.state === "Z" && stat.parent === parent ? [{ pid, id: `${pid}@${stat.startedAt}` }] : [];
  });
}

function listPids(proc: string): readonly number[] {
  try {
    return readdirSync(proc).filter((name) => /^\d+$/.test(name)).map(Number).sort((a, b) => a - b);
  } catch {
    return []; // no Linux
  }
}

function readStat(
  proc: string,
  pid: number,
): { readonly state: string; readonly parent: number; readonly startedAt: string } | undefined {
  try {
    const text = readFileSync(join(proc, String(pid), "stat"), "utf8");
    // The name stands in brackets and may hold blanks and brackets itself.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), startedAt: fields[19] ?? "" };
  } catch {
    return undefined; // it is gone
  }
}

function splitZeros(text: string): readonly string[] {
  return text.replace(/\0$/, "").split("\0");
}

function splitVariable(text: string): readonly [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
