/**
 * A guess from the command line and the text of its locustfile whether the control thread will be needed before the
 * first user. It decides only when that thread is started: `control_need.ts` knows when the file is imported. Imports
 * nothing, because the program waits for it.
 */

/** Listeners are added to `events`; shapes extend one of locust-ts. */
const HINTS = /\bevents\b|Shape\b/;

/** What is run where no file is named. */
const DEFAULT_FILE = "locustfile.ts";

/** `readText` throws where there is no such file. */
export function hintsAtControl(words: readonly string[], readText: (path: string) => string): boolean {
  const named = words.flatMap((word) => word.split(/[,=]/)).filter((word) => /\.[cm]?[jt]s$/.test(word));
  return (named.length === 0 ? [DEFAULT_FILE] : named).some((path) => {
    try {
      return HINTS.test(readText(path));
    } catch {
      return false; // nothing to run, or not here: the program will say so
    }
  });
}
