/**
 * Within GitHub Actions a line of output can be a command: one that begins with `::`, and one with `##[` anywhere.
 * Names, failure texts and what user code prints come from outside: here they become words. Our own annotations pass by
 * `command`.
 *
 * Invariant: only invisible characters are added, so that tables stay aligned; other texts pass unchanged.
 */
import type { TextOutput } from "./text_output.ts";

/** No blank to the reader of the log, which skips blanks before a command. */
const BREAK = "\u200b";

/** Lines end as .NET reads them; blanks before a command are skipped. */
const COMMAND = /##(?=\[)|(?<=(?:^|[\n\r])[\s\x85]*:)(?=:)/g;

/** How much of the open line has to be known: an older part decides nothing more. */
const KEPT = 256;

export function withoutCommands(output: TextOutput): TextOutput {
  let line = ""; // what has been written of the open line
  return {
    write(text) {
      const all = line + text;
      output.write(defuse(all, line.length));
      const open = all.slice(Math.max(all.lastIndexOf("\n"), all.lastIndexOf("\r")) + 1);
      line = open.trim() === "" || open.length <= KEPT ? open : `x${open.slice(-2)}`;
    },
    command(text) {
      output.command(text);
      line = "";
    },
    isTty: output.isTty,
    columns: () => output.columns(),
    rows: () => output.rows(),
    onResize: (listener) => output.onResize(listener),
    flush: () => output.flush(),
    get closed() {
      return output.closed;
    },
    get problem() {
      return output.problem;
    },
  };
}

/** The text from `from` on; what stands before it is the beginning of its line, and has been written. */
function defuse(text: string, from: number): string {
  let safe = "";
  let at = from;
  for (const { index, 0: found } of text.matchAll(COMMAND)) {
    const split = index + found.length; // between the two halves of the command
    if (split < from) continue;
    safe += text.slice(at, split) + BREAK;
    at = split;
  }
  return safe + text.slice(at);
}

/** JSON that a program reads from standard output: the same values, and no `##[`, which stands in strings alone. */
export function withoutCommandsInJson(json: string): string {
  return json.replaceAll("##[", "#\\u0023[");
}
