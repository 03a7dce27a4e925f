/** Holds a finished executable against its target: format, processor, loader, and whether our program is inside. Pure. */
import { Buffer } from "node:buffer";
import { readFormat } from "./executable_format.ts";
import type { ReleaseTarget } from "./targets.ts";

/** Paths that every executable of ours has inside: the program, both kinds of Web Workers, the types that `init` writes. */
const EMBEDDED = ["root/locust-ts", "root/thread/thread_main.js", "root/control/control_main.js", "node_types"];

/** What is wrong; undefined when nothing is. */
export function describeMismatch(bytes: Uint8Array, target: ReleaseTarget): string | undefined {
  const format = readFormat(bytes);
  if (format?.kind !== target.format) return `it is no ${target.format} file`;
  if (format.machine !== target.machine) return `it is for ${format.machine}, not ${target.machine}`;
  if (format.interpreter !== target.interpreter) {
    return `its loader is ${format.interpreter ?? "none"}, not ${target.interpreter ?? "none"}`;
  }
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const missing = EMBEDDED.filter((path) => !buffer.includes(path));
  return missing.length === 0 ? undefined : `${missing.join(", ")} is not inside`;
}
