/** The error for bytes of a histogram that cannot be read: they come from other processes and files and may be anything. */
import { LocustError } from "../../base/errors.ts";

export function malformedBytes(what: string): LocustError {
  return new LocustError(`Cannot read the bytes of a histogram: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}
