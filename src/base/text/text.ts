/** Text that came from outside, made safe to show. Pure. */

/**
 * Control characters (C0, DEL, C1, bidirectional overrides, line separators) as visible escapes, so that no name, failure
 * text or log line from a target, a locustfile or a worker can drive a terminal or forge a line.
 */
export function escapeControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** The same of a text of several lines, which stay lines; tabs, which indent code and bodies, stay too. */
export function escapeLines(text: string): string {
  return text.split(/\r?\n/).map((line) => line.split("\t").map(escapeControls).join("\t")).join("\n");
}

/**
 * At most `max` UTF-16 units; what was cut shows as `…`. Half of a surrogate pair becomes U+FFFD: no file and no wire can hold it, so it
 * would be another text in each of them.
 */
export function truncate(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  return `${text.slice(0, Math.max(0, max - 1)).replace(/[\ud800-\udbff]$/, "").toWellFormed()}…`;
}

/** Whether `truncate` leaves a text as it is. */
export function isShown(text: string, max: number): boolean {
  return text.length <= max && text.isWellFormed();
}

/** Breaks at spaces; a word that is longer than the width stands alone. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** `{"Buyer": 3, "Visitor": 0}`: numbers by name, sorted by it, as Locust's log has them. Names without a number have 0. */
export function formatCounts(counts: Readonly<Record<string, number>>, names: readonly string[] = []): string {
  const all = [...new Set([...names, ...Object.keys(counts)])].sort();
  return `{${all.map((name) => `${JSON.stringify(name)}: ${counts[name] ?? 0}`).join(", ")}}`;
}

/** `1 user`, `2 users`: a number and its noun. */
export function formatAmount(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

/** `1,234,567`: a whole number in a sentence. */
export function formatWhole(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 user`, `10,000 users`: the same with its noun, in a sentence that is read and not searched as a line of the log is. */
export function formatMany(amount: number, singular: string, plural = `${singular}s`): string {
  return `${formatWhole(amount)} ${amount === 1 ? singular : plural}`;
}
