/**
 * The folder in which a worker unpacks what its master sends, for as long as it lives. A worker that was killed could
 * not remove its own: the next one on this machine does, by the process number in the name.
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

export interface WorkerFolder extends Disposable {
  readonly path: string;
}

/** `host`: of this machine, because containers may share a folder for temporary files, but not their process numbers. */
export function openWorkerFolder(host: string, parent: string = tmpdir()): WorkerFolder {
  const prefix = `locust-ts-${host.replace(/[^\w.]/g, "_")}-`;
  removeAbandoned(parent, prefix);
  const path = mkdtempSync(join(parent, `${prefix}${process.pid}-`));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

function removeAbandoned(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    const pid = name.startsWith(prefix) ? /^(\d+)-\w+$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Of another process: its owner may remove it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM"; // of another user, but running
  }
}
