/**
 * Data files that are too large for one message, at both ends: the master reads them part by part, and the worker
 * writes the parts one after the other beside the bundle. Neither holds more than one part in memory.
 */
import { mkdirSync } from "node:fs";
import { open, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describeThrown, LocustError } from "../../base/errors.ts";
import type { LargeDataFile } from "./data_files.ts";

/** A part is asked for when the one before is written: on a line of 50 ms it makes 40 MB a second. */
export const PART_BYTES = 2_000_000;

/** @throws LocustError for a file that is none of these, or is not what it was */
export async function readPart(
  folder: string,
  large: readonly LargeDataFile[],
  path: string,
  offset: number,
): Promise<Uint8Array> {
  const known = large.find((each) => each.path === path);
  if (known === undefined) throw unreadable(path, "it is no data file of the locustfile", "restart the worker");
  const whole = join(folder, path);
  const { size, mtimeMs } = await stat(whole).catch((error) => {
    throw unreadable(path, describeThrown(error), "put it back, and restart the master");
  });
  if (size !== known.size || mtimeMs !== known.changedMs) {
    throw unreadable(path, "it was changed since the master was started", "restart the master");
  }
  const bytes = new Uint8Array(Math.max(0, Math.min(PART_BYTES, size - offset)));
  const file = await open(whole, "r");
  try {
    const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Writes the file at `target`. @throws LocustError when it ends early, or the disk takes no more */
export async function receiveFile(
  { path, size }: LargeDataFile,
  target: string,
  fetchPart: (offset: number) => Promise<Uint8Array>,
  onProgress: (bytes: number) => void,
): Promise<void> {
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    const file = await open(target, "w", 0o600);
    try {
      for (let at = 0; at < size;) {
        const bytes = await fetchPart(at);
        if (bytes.length === 0 || at + bytes.length > size) {
          const what = `its part from ${at} on has ${bytes.length} bytes, and the file has ${size}`;
          throw unreadable(path, what, "restart the master");
        }
        await file.write(bytes, 0, bytes.length, at);
        at += bytes.length;
        onProgress(at);
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof LocustError) throw error;
    throw new LocustError(
      `Cannot keep the data file "${path}" of the master: ${
        describeThrown(error)
      }; make room on this machine, or put the file into ` +
        "the folder in which the worker is started",
      { code: "large_file", cause: error },
    );
  }
}

function unreadable(path: string, what: string, advice: string): LocustError {
  return new LocustError(`Cannot ship the data file "${path}" to workers: ${what}; ${advice}`, { code: "large_file" });
}
