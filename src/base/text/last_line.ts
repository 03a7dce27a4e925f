/** Finds the end of the last whole line of a file: what a killed process may have left behind it is no line. */
import type { FileHandle } from "node:fs/promises";

const NEWLINE = 10;

/** Where the last whole line ends. */
export async function endOfLastLine(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const block = new Uint8Array(64 * 1024);
  for (let end = size; end > 0;) {
    const start = Math.max(0, end - block.length);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    const found = block.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return 0;
}
