/** A folder that lives as long as the test's process: for what several tests of a file share, or what a child process reads. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const made: string[] = [];
const removeAll = () => made.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
process.on("exit", removeAll);
globalThis.addEventListener?.("unload", removeAll); // how Deno's test runner ends a file

export function makeKeptFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-test-"));
  made.push(folder);
  return folder;
}
