/**
 * Turns what user code prints with `console` into log lines. A thread that wrote to stdout itself would tear the live table, and
 * spoil the JSON that `--json` promises to be alone there.
 */
import { format } from "node:util";

export type ConsoleLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** From now on `console` of this thread prints through `print`. */
export function captureConsole(print: (level: ConsoleLevel, text: string) => void): void {
  const at = (level: ConsoleLevel) => (...values: unknown[]) => print(level, format(...values));
  Object.assign(console, {
    debug: at("DEBUG"),
    log: at("INFO"),
    info: at("INFO"),
    warn: at("WARNING"),
    error: at("ERROR"),
    table: at("INFO"),
    dir: (value: unknown) => print("INFO", format(value)),
    trace: at("DEBUG"),
  });
}
