/** Reads the beginning of a file, whatever its length. */
import { closeSync, openSync, readSync } from "node:fs";

export function readFirstBytes(path: string, length: number): string {
  const file = openSync(path, "r");
  try {
    const bytes = new Uint8Array(length);
    return new TextDecoder().decode(bytes.subarray(0, readSync(file, bytes, 0, length, 0)));
  } finally {
    closeSync(file);
  }
}
