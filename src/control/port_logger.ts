/** The log of a thread: posts its lines to the owner of the thread, which writes them. */
import type { Clock } from "../base/clock.ts";
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from "../base/logger.ts";
import type { UserLogMessage } from "../protocol/user_message.ts";

/** A logger that posts every line at or above `level`; an unknown level counts as INFO. */
export function createPortLogger(
  options: {
    readonly name: string;
    readonly level: string;
    readonly clock: Pick<Clock, "wallMs">;
    readonly post: (message: UserLogMessage) => void;
  },
): Logger {
  const { name, clock, post } = options;
  const level = LOG_LEVELS.find((known) => known === options.level) ?? ("INFO" satisfies LogLevel);
  return createLogger({
    name,
    level,
    wallMs: () => clock.wallMs(),
    sink: ({ level, logger, message }) => post({ kind: "log", level, logger, message }),
  });
}
