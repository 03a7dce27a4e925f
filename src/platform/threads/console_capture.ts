/**
 * Hands what user code prints with `console` to the owner of the thread. A thread that wrote to stdout itself would
 * tear the live table, and spoil the JSON that `--json` promises to be alone there. `console.log` and its kin print, as
 * Python's `print` does; `debug`, `info`, `warn` and `error` log at their level.
 */
import { lateConsole, lateStream, lateUtil } from "../../base/late_modules.ts";
import { PRINTED } from "../../base/logger.ts";

export type ConsoleLevel = typeof PRINTED | "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** From now on `console` of this thread prints through `print`; texts are without the end of their last line. */
export function captureConsole(print: (level: ConsoleLevel, text: string) => void): void {
  let printing: Console | undefined; // made when something is printed: most locustfiles print nothing
  const bind = (name: typeof PRINTING[number]) => {
    const call = (...values: never[]) => {
      printing ??= createConsole((text) => print(PRINTED, text));
      (printing[name] as (...values: never[]) => void)(...values);
    };
    return [name, call] as const;
  };
  const at = (level: ConsoleLevel) => (...values: unknown[]) => print(level, lateUtil().format(...values));
  Object.assign(console, {
    ...Object.fromEntries(PRINTING.map(bind)),
    debug: at("DEBUG"),
    info: at("INFO"),
    warn: at("WARNING"),
    error: at("ERROR"),
    trace: at("DEBUG"),
  });
}

function createConsole(print: (text: string) => void): Console {
  const { Writable } = lateStream();
  const { Console } = lateConsole();
  const output = new Writable({
    decodeStrings: false,
    write(text: unknown, _encoding, done) {
      print(String(text).replace(/\n$/, ""));
      done();
    },
  });
  return new Console({ stdout: output, stderr: output, colorMode: false });
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
