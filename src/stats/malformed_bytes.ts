/** What reading the bytes of a histogram throws: they come from other processes and files, and nothing about them is certain. */
import { LocustError } from "../base/errors.ts";

export function malformedBytes(what: string): LocustError {
  return new LocustError(`Cannot read the bytes of a histogram: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}
