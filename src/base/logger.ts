/**
 * Log lines as values. Code that logs holds a `Logger`; where lines go (stderr, a file, the master) is decided once, in
 * the composition root. The line format is Locust's, because scripts grep for it.
 */
import { maskUrlSecrets } from "./secrets.ts";

export const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What stands in the place of a level where a line is no log line: user code printed it with `console.log`. */
export const PRINTED = "PRINTED";

/** The level of a name that came from another thread or process; `INFO` for one that is none. */
export function toLogLevel(name: string): LogLevel {
  return LOG_LEVELS.find((level) => level === name) ?? "INFO";
}

/** One line, before it is formatted. `logger` is the dotted name of the part that speaks (`locust.main`). */
export interface LogRecord {
  readonly level: LogLevel;
  readonly logger: string;
  readonly message: string;
  readonly wallMs: number;
}

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  critical(message: string): void;
}

/** A logger that hands records at or above `level` to `sink`, without the passwords of URLs in them. */
export function createLogger(options: {
  readonly name: string;
  readonly level?: LogLevel;
  readonly wallMs: () => number;
  readonly sink: (record: LogRecord) => void;
}): Logger {
  const threshold = LOG_LEVELS.indexOf(options.level ?? "DEBUG");
  const at = (level: LogLevel) => {
    if (LOG_LEVELS.indexOf(level) < threshold) return () => {};
    return (message: string) => {
      options.sink({ level, logger: options.name, message: maskUrlSecrets(message), wallMs: options.wallMs() });
    };
  };
  return {
    debug: at("DEBUG"),
    info: at("INFO"),
    warning: at("WARNING"),
    error: at("ERROR"),
    critical: at("CRITICAL"),
  };
}

/** `[2026-01-31 09:05:07,042] host/INFO/locust.main: message`, in local time, as Locust writes it. */
export function formatLogRecord(record: LogRecord, host: string): string {
  const date = new Date(record.wallMs);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const millis = String(date.getMilliseconds()).padStart(3, "0");
  return `[${day} ${time},${millis}] ${host}/${record.level}/${record.logger}: ${record.message}`;
}
