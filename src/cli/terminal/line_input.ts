/**
 * Reads one line that a person types at a terminal. The terminal itself has the editing keys; Ctrl-C ends the program
 * as ever.
 */
import type { KeySource } from "./keyboard.ts";

/** Bytes of a line that are kept: an answer is a word. */
const MAX_LINE_LENGTH = 1000;

/** The line without its end; undefined when the input ends before one is complete (Ctrl-D). */
export function readLine(source: KeySource): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  let text = "";
  const take = (part: string) => {
    text = (text + part).slice(0, MAX_LINE_LENGTH);
    const end = text.search(/[\r\n]/);
    if (end >= 0) finish(text.slice(0, end));
  };
  const end = () => finish(undefined);
  const finish = (line: string | undefined) => {
    source.off("data", take);
    source.off("end", end);
    source.pause();
    resolve(line);
  };
  source.setEncoding("utf8");
  source.on("data", take);
  source.on("end", end);
  source.resume();
  return promise;
}
