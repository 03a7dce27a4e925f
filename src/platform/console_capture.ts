/**
 * Hands what user code prints with `console` to the owner of the thread. A thread that wrote to stdout itself would tear the live
 * table, and spoil the JSON that `--json` promises to be alone there. `console.log` and its kin print, as Python's `print` does;
 * `debug`, `info`, `warn` and `error` log at their level.
 */
import { Console } from "node:console";
import { Writable } from "node:stream";
import { format } from "node:util";
import { PRINTED } from "../base/logger.ts";

export type ConsoleLevel = typeof PRINTED | "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** From now on `console` of this thread prints through `print`; texts are without the end of their last line. */
export function captureConsole(print: (level: ConsoleLevel, text: string) => void): void {
  const output = new Writable({
    decodeStrings: false,
    write(text: unknown, _encoding, done) {
      print(PRINTED, String(text).replace(/\n$/, ""));
      done();
    },
  });
  const printing = new Console({ stdout: output, stderr: output, colorMode: false });
  const bind = (name: typeof PRINTING[number]) => [name, printing[name].bind(printing)] as const;
  const at = (level: ConsoleLevel) => (...values: unknown[]) => print(level, format(...values));
  Object.assign(console, {
    ...Object.fromEntries(PRINTING.map(bind)),
    debug: at("DEBUG"),
    info: at("INFO"),
    warn: at("WARNING"),
    error: at("ERROR"),
    trace: at("DEBUG"),
  });
}

const PRINTING = [
  "assert",
  "count",
  "countReset",
  "dir",
  "dirxml",
  "group",
  "groupCollapsed",
  "groupEnd",
  "log",
  "table",
  "time",
  "timeEnd",
  "timeLog",
] as const;
