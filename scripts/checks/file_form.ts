/**
 * Check: the form of a file. A header comment that says what it owns, a bounded length, nothing left to be done later.
 */
import { lineAt, type Problem, type SourceFile } from "./source_tree.ts";

/** A longer file is sure to hold more than one idea; most hold one in 60 to 200 lines. */
export const MAX_LINES = 400;

/** Tests are lists: one more case is not one more idea. */
export const MAX_TEST_LINES = 500;

/** Headers that are not rewritten yet. The list only shrinks. */
const OLDER_HEADERS: ReadonlySet<string> = new Set([
  "src/cli/exit_code.ts",
  "src/cli/options/kept_tasks.ts",
  "src/cli/options/near_miss.ts",
  "src/cli/options/option_spec.ts",
  "src/cli/options/selection.ts",
  "src/cli/process_deps.ts",
  "src/cli/run/cluster_secrets.ts",
  "src/cli/run/parent_watch.ts",
  "src/cli/run/run_reports.ts",
  "src/cli/run/run_request.ts",
  "src/cli/terminal/logging.ts",
  "src/control/setup_result.ts",
  "src/link/back_off.ts",
  "src/link/silence.ts",
  "src/master/control_client.ts",
  "src/master/master_options.ts",
  "src/master/roster_worker.ts",
  "src/master/run_settings.ts",
  "src/protocol/control_message.ts",
  "src/protocol/delta_message.ts",
  "src/protocol/locustfile_description.ts",
  "src/protocol/plain_data.ts",
  "src/protocol/thread_message.ts",
  "src/protocol/worker_message.ts",
  "src/thread/lag_meters.ts",
  "src/thread/stop_grace.ts",
  "src/worker/pool_source.ts",
]);

/** A header says "Parses …", "Owns …", "A pool of …"; a question word leaves the reader with half a sentence. */
const OPENS_WITH_QUESTION = /^(?:#![^\n]*\n)?\/\*\*\s*(?:\*\s*)?(What|Where|Who|How|Whoever)\b/;

const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/g;

export function checkFileForm(files: readonly SourceFile[]): readonly Problem[] {
  return files.flatMap((file) => [...checkLength(file), ...checkHeader(file), ...checkUnfinished(file)]);
}

function checkLength(file: SourceFile): readonly Problem[] {
  const lines = file.text.trimEnd().split("\n").length;
  const most = file.path.startsWith("tests/") ? MAX_TEST_LINES : MAX_LINES;
  return lines <= most ? [] : [{ path: file.path, text: `has ${lines} lines; ${most} is the most: split it` }];
}

function checkHeader(file: SourceFile): readonly Problem[] {
  const needsHeader = /^(?:src|scripts|web)\//.test(file.path) || file.path === "mod.ts";
  if (!needsHeader) return [];
  const word = OPENS_WITH_QUESTION.exec(file.text)?.[1];
  if (word !== undefined && !OLDER_HEADERS.has(file.path)) {
    return [{
      path: file.path,
      line: 1,
      text: `opens its header with "${word}": say "Parses …", "Owns …", "A pool of …"`,
    }];
  }
  if (/^(?:#![^\n]*\n)?\/\*\*/.test(file.text)) return [];
  return [{ path: file.path, line: 1, text: "has no header comment: say what it owns and what it leaves to others" }];
}

function checkUnfinished(file: SourceFile): readonly Problem[] {
  return [...file.text.matchAll(UNFINISHED)].map((match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    text: `says ${match[0]}: do it, or file an issue`,
  }));
}
