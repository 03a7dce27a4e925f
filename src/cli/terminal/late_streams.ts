/**
 * Standard streams that are opened by their first use: what stands behind `process.stdout` takes the runtime 8 ms to
 * load, which a run has no time for before its first request. Whether they are terminals is known without that nearly
 * always.
 */
import { fstatSync, readlinkSync } from "node:fs";
import process from "node:process";
import type { KeySource } from "./keyboard.ts";
import type { OutputStream } from "./text_output.ts";

/** Whether a descriptor is a terminal; undefined: only its stream can tell. */
export function isTerminal(fd: number): boolean | undefined {
  try {
    if (!fstatSync(fd).isCharacterDevice()) return false;
    const path = readlinkSync(`/proc/self/fd/${fd}`); // on Linux alone
    if (path === "/dev/null") return false;
    return /^\/dev\/(?:pts\/\d+|tty\d*)$/.test(path) ? true : undefined;
  } catch {
    return undefined;
  }
}

/**
 * An output that is opened when something is written to it, or a terminal is asked for its size. Listeners are kept
 * until then.
 */
export function lateOutput(isTTY: boolean | undefined, open: () => OutputStream): OutputStream {
  if (isTTY === undefined) return open();
  let opened: OutputStream | undefined;
  const kept: { readonly event: "error" | "resize"; readonly listener: (error: Error) => void }[] = [];
  const stream = () => {
    if (opened === undefined) {
      opened = open();
      for (const { event, listener } of kept.splice(0)) opened.on(event as "error", listener);
    }
    return opened;
  };
  return {
    isTTY,
    get columns() {
      return stream().columns ?? 0;
    },
    get rows() {
      return stream().rows ?? 0;
    },
    write: (text, done) => stream().write(text, done),
    on(event: "error" | "resize", listener: (error: Error) => void) {
      if (opened === undefined) kept.push({ event, listener });
      else opened.on(event as "error", listener);
    },
    off(event, listener) {
      if (opened !== undefined) return void opened.off(event, listener);
      const index = kept.findIndex((each) => each.event === event && each.listener === listener);
      if (index >= 0) kept.splice(index, 1);
    },
  };
}

/** The standard input of a process that nobody types to: it is left to who reads it otherwise. */
const NO_KEYS: KeySource = {
  isTTY: false,
  setEncoding() {},
  on() {},
  off() {},
  resume() {},
  pause() {},
};

/** Keys are read from a terminal alone. */
export function keySource(): KeySource {
  return isTerminal(0) === false ? NO_KEYS : process.stdin;
}
