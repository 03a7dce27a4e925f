/** A disk of a few kilobytes that a test can fill: a tmpfs, for root alone. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeKeptFolder } from "./kept_folder.ts";
import { requireRoot, requireThat, requireTool, type SkipReason } from "./requirements.ts";

const SIZE_BYTES = 64 * 1024;

export function requireSmallDisk(): SkipReason {
  const missing = requireTool("mount", "umount") || requireRoot();
  if (missing !== false) return missing;
  try {
    mountSmallDisk()[Symbol.dispose]();
    return false;
  } catch {
    return requireThat(false, "no tmpfs can be mounted here");
  }
}

export interface SmallDisk extends Disposable {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
}

export function mountSmallDisk(): SmallDisk {
  const path = makeKeptFolder();
  runTool("mount", "-t", "tmpfs", "-o", `size=${SIZE_BYTES}`, "tmpfs", path);
  return {
    path,
    fill() {
      try {
        writeFileSync(join(path, "filling"), new Uint8Array(2 * SIZE_BYTES));
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error; // full is what was wanted
      }
    },
    [Symbol.dispose]: () => runTool("umount", "-l", path),
  };
}

function runTool(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
}
