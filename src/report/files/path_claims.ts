/**
 * Keeps two runs on one machine from writing to the same file at the same time. A claim is a small file in a folder of
 * this user, named after the real path and linked into place in one step. A claim whose process has ended counts for
 * nothing.
 *
 * Runs on different machines that share a disk do not see each other's claims.
 */
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import process from "node:process";
import { UsageError } from "../../base/errors.ts";
import { lateCrypto } from "../../base/late_modules.ts";
import type { ClaimPath } from "./output.ts";

export interface PathClaims extends Disposable {
  readonly claim: ClaimPath;
}

export interface Claimant {
  readonly pid: number;
  /** The run, as the one that is refused reads it: `run of shop.ts`. */
  readonly run: string;
  readonly wallMs: number;
}

interface Claim extends Claimant {
  readonly option: string;
  /** Start of the process in clock ticks since boot, where the system says: numbers of processes are used again. */
  readonly processStart: string | null;
}

/** Opens the claims of one run; disposing them releases all. */
export function openPathClaims(claimant: Claimant, folder = claimsFolder()): PathClaims {
  const held: string[] = [];
  return {
    claim(path, option) {
      if (isDevice(path)) return; // /dev/null, a pipe: nothing gets lost there
      const file = join(folder, lateCrypto().createHash("sha256").update(realPathOf(path)).digest("hex"));
      const claim: Claim = { ...claimant, option, processStart: readProcessStart(claimant.pid) };
      const owner = takeClaim(file, claim);
      if (owner === undefined) held.push(file);
      else if (owner !== "unknown") throw new UsageError(describeOwner(path, option, owner, claimant));
    },
    [Symbol.dispose]() {
      for (const file of held.splice(0)) removeFile(file);
    },
  };
}

/** Undefined when the claim is taken; else the run that holds it, or `unknown` where claims cannot be kept at all. */
function takeClaim(file: string, claim: Claim): Claim | "unknown" | undefined {
  const draft = `${file}.${claim.pid}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(draft, JSON.stringify(claim));
  } catch {
    return "unknown"; // a read-only temporary folder: a run is worth more than this protection
  }
  try {
    for (let attempt = 0; attempt < 3; attempt++) {
      if (linkIfFree(draft, file)) return undefined;
      const owner = readClaim(file);
      if (owner !== undefined && isAlive(owner)) return owner;
      removeFile(file);
    }
    return "unknown";
  } finally {
    removeFile(draft);
  }
}

function linkIfFree(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false; // it is there already
  }
}

function readClaim(file: string): Claim | undefined {
  try {
    const claim: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof claim === "object" && claim !== null && "pid" in claim ? claim as Claim : undefined;
  } catch {
    return undefined; // released meanwhile, or not ours
  }
}

function isAlive({ pid, processStart }: Claim): boolean {
  if (existsSync("/proc/self/stat")) return processStart !== null && readProcessStart(pid) === processStart;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function readProcessStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // the name before may hold anything
    return state === "Z" ? null : fields[18] ?? null; // field 22; a zombie has ended, its parent has not noticed
  } catch {
    return null; // no such process, or no /proc
  }
}

function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // gone already: that is what was wanted
  }
}

function isDevice(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() === false;
  } catch {
    return false; // no path at all, as one below a file: its output says so when it is opened
  }
}

function realPathOf(path: string): string {
  const absolute = resolve(path);
  try {
    return realpathSync(absolute);
  } catch {
    const folder = dirname(absolute);
    // The file is not there yet, nor are its folders perhaps.
    return folder === absolute ? absolute : join(realPathOf(folder), basename(absolute));
  }
}

function describeOwner(path: string, option: string, owner: Claim, claimant: Claimant): string {
  if (owner.pid === claimant.pid && owner.run === claimant.run) {
    return `Cannot write "${path}": ${
      owner.option === option ? "another run of this process" : owner.option
    } writes to it too; choose another place with ${option}`;
  }
  const since = new Date(owner.wallMs).toISOString().replace("T", " ").replace(/\.\d+Z$/, " UTC");
  return `Cannot write "${path}": the ${owner.run} (process ${owner.pid}, since ${since}) writes to it with ${owner.option}; ` +
    `choose another place with ${option}, or wait until that run has ended`;
}

function claimsFolder(): string {
  return join(os.tmpdir(), `locust-ts-outputs-${os.userInfo().uid}`);
}
