/**
 * Reports files that cannot be written: before the run by refusing the path, which costs no test. Later a disk that fails is reported
 * once for each file, and tried again: disks get space back.
 */
import { UsageError } from "../../base/errors.ts";
import { describeUnwritable } from "../../base/given_file.ts";
import type { OutputContext } from "./output.ts";

/** What opening the file of an option threw, as the error to refuse it with. */
export function toRefusal(path: string, option: string, thrown: unknown): UsageError {
  if (thrown instanceof UsageError) return thrown; // another output, or another run, writes to it
  return new UsageError(`Cannot write "${path}": ${describeUnwritable(thrown)}; choose another place with ${option}`, {
    code: "output_unwritable",
    cause: thrown,
  });
}

/** Writes to one file, and reports the first that fails. */
export class WatchedWrites {
  readonly #path: string;
  readonly #reportError: OutputContext["reportError"];
  #failed = false;

  constructor(path: string, reportError: OutputContext["reportError"]) {
    this.#path = path;
    this.#reportError = reportError;
  }

  /** True when something could not be written. */
  get failed(): boolean {
    return this.#failed;
  }

  attempt(write: () => void): void {
    try {
      write();
    } catch (thrown) {
      if (!this.#failed) {
        this.#reportError(
          `Cannot write "${this.#path}": ${describeUnwritable(thrown)}; the file is behind or incomplete`,
        );
      }
      this.#failed = true;
    }
  }
}
