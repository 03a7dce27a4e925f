/**
 * A file that is replaced as a whole with each new text: a reader finds the old text or the new one, never a part.
 * Created before the run, so that a bad path costs no test. A disk that fails is reported once; later texts are tried again.
 */
import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { OutputContext } from "./output.ts";
import { toRefusal, WatchedWrites } from "./unwritable.ts";

export interface ReportFile {
  readonly write: (text: string) => void;
  /** True when a text could not be written. */
  readonly failed: boolean;
}

export interface ReportFileOptions extends Pick<OutputContext, "reportError" | "claim"> {
  /** The flag that names the file, for error messages: `--json-file`. */
  readonly option: string;
  /** What the file holds until the first text. */
  readonly initial: string;
}

/**
 * Creates missing folders and the file.
 * @throws {UsageError} when it cannot be written, or another run writes to it
 */
export function openReportFile(path: string, options: ReportFileOptions): ReportFile {
  const { option, reportError } = options;
  try {
    mkdirSync(dirname(path), { recursive: true });
    options.claim(path, option);
    replaceFile(path, options.initial);
  } catch (thrown) {
    throw toRefusal(path, option, thrown);
  }
  const writes = new WatchedWrites(path, reportError);
  return {
    write: (text) => writes.attempt(() => replaceFile(path, text)),
    get failed() {
      return writes.failed;
    },
  };
}

/** Replaces the file in one step. A device or a pipe (`/dev/stdout`) cannot be replaced and is written to. */
function replaceFile(path: string, text: string): void {
  const existing = statSync(path, { throwIfNoEntry: false });
  if (existing !== undefined && !existing.isFile()) return writeFileSync(path, text);
  const target = existing === undefined ? path : realpathSync(path); // a symbolic link stays one
  const draft = `${target}.tmp`;
  try {
    writeFileSync(draft, text);
    renameSync(draft, target);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
