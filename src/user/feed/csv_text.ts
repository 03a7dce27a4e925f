/** Parses CSV text into cells, and finds out its separator. The text has been checked by `csv_scan.ts`. Pure. */

/** Looked for in the first row, the earlier one where two occur alike. */
const SEPARATORS = [",", ";", "\t", "|"] as const;

const BLANK = /\r?(?:\n|$)/y;

/** The rows of a text that begins with one. Blank lines are left out. */
export function parseCsv(text: string, separator: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < text.length) {
    BLANK.lastIndex = at;
    if (BLANK.test(text)) {
      at = BLANK.lastIndex;
      continue;
    }
    const row: string[] = [];
    at = parseRow(text, separator, at, row);
    rows.push(row);
  }
  return rows;
}

/** The separator that occurs most often in the first row, outside of quotes. */
export function findSeparator(text: string): string {
  const counts = new Map<string, number>(SEPARATORS.map((each) => [each, 0]));
  let isQuoted = false;
  for (const character of text.trimStart()) {
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === "\n") break;
    else if (counts.has(character)) counts.set(character, (counts.get(character) ?? 0) + 1);
  }
  return SEPARATORS.reduce((best, each) => (counts.get(each) ?? 0) > (counts.get(best) ?? 0) ? each : best);
}

/** Reads a row from `at` on, and returns where the next one begins. */
function parseRow(text: string, separator: string, start: number, row: string[]): number {
  for (let at = start;;) {
    if (text[at] === '"') {
      const [cell, end] = parseQuoted(text, at + 1);
      row.push(cell);
      at = end;
    } else {
      const end = endOfPlain(text, separator, at);
      const isLast = text[end] !== separator;
      row.push(text.slice(at, isLast && text[end - 1] === "\r" && end > at ? end - 1 : end));
      at = end;
    }
    if (text[at] === separator) at++;
    else if (at >= text.length) return at;
    else return text.indexOf("\n", at) + 1 || text.length;
  }
}

function endOfPlain(text: string, separator: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== separator && text[at] !== "\n") at++;
  return at;
}

/** The cell, and the place behind its closing quote. */
function parseQuoted(text: string, start: number): [cell: string, end: number] {
  let cell = "";
  for (let at = start;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return [cell + text.slice(at), text.length];
    cell += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    at = quote + 2;
  }
}
