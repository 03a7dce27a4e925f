/**
 * Counts each exception of user code with the frames of the locustfile it came through, and logs it at ERROR. Counting
 * is exact; of equal errors of a user class only the first is logged, and of those from one place that have an id or a
 * time in their text the first few, so that a broken task of 10,000 users leaves a log that can be read.
 */
import { describeCauses } from "../../base/error_causes.ts";
import { describeThrown } from "../../base/errors.ts";
import type { Logger } from "../../base/logger.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { truncate } from "../../base/text/text.ts";
import type { Recorder } from "../../stats/recording/recorder.ts";
import { ownFrames } from "../../base/own_frames.ts";

/** Characters of an exception in the line that says that it is not logged again. */
const MAX_SHOWN = 80;
/** Different errors that are logged; later ones are only counted. */
const MAX_KINDS = 500;
/** Different texts of errors from one place that are logged. */
const MAX_TEXTS = 5;

export interface ErrorReport {
  /** Counts and logs. `where` is the class and task, `Shopper.order`. */
  count(thrown: unknown, where: string): void;
  /** Logs a warning, each text once in a run. */
  warnOnce(text: string): void;
}

/**
 * Writes a line that other threads may write as well. `about`: the same for all lines about equal exceptions of a user
 * class, or about one warning.
 */
export type SharedLog = (line: string, about: string, level: "ERROR" | "WARNING") => void;

/** `write`: to a log that has a line once, whichever threads write it. */
export function createErrorReport(
  recorder: Recorder,
  logger: Logger,
  write: SharedLog = (line, _about, level) => level === "ERROR" ? logger.error(line) : logger.warning(line),
): ErrorReport {
  const log = (line: string, about: string) => write(line, about, "ERROR");
  const timesByKind = new Map<string, number>();
  const textsByPlace = new Map<string, number>();
  const warned = new Set<string>();
  return {
    count(thrown, where) {
      const message = maskUrlSecrets(describeThrown(thrown));
      const frames = ownFrames(thrown);
      const causes = describeCauses(thrown).map((cause) => `caused by ${maskUrlSecrets(cause)}`);
      recorder.recordException(message, [...frames, ...causes].join("\n"), where);
      const [userClass = where] = where.split(".");
      const kind = `${userClass}: ${message}`;
      const times = (timesByKind.get(kind) ?? 0) + 1;
      if (times === 1) {
        const place = `${where} ${frames.join("\n")}`;
        const texts = (textsByPlace.get(place) ?? 0) + 1;
        if (texts > MAX_TEXTS || timesByKind.size >= MAX_KINDS) return;
        timesByKind.set(kind, times);
        textsByPlace.set(place, texts);
        const lines = [...frames.map((frame) => `at ${frame}`), ...causes];
        log(`${where}: ${message}${lines.map((line) => `\n    ${line}`).join("")}`, kind);
        if (texts < MAX_TEXTS) return;
        const [frame] = frames;
        const at = frame === undefined ? "" : ` at ${frame}`;
        log(
          `${where}: further exceptions${at} are counted, not logged, even if their text differs`,
          `further ${place}`,
        );
      } else {
        timesByKind.set(kind, times);
      }
      if (times === 2) {
        const shown = truncate(message.split("\n", 1)[0] ?? "", MAX_SHOWN);
        log(`${userClass}: further exceptions like "${shown}" are counted, not logged`, `further ${kind}`);
      }
    },
    warnOnce(text) {
      if (warned.has(text) || warned.size >= MAX_KINDS) return;
      warned.add(text);
      write(text, text, "WARNING");
    },
  };
}
