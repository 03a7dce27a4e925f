/** Reads CSV as RFC 4180 has it, strictly, and independently of the code that writes ours. */

/** The rows, each with its cells and whether a cell was quoted. @throws where the text is no CSV with CRLF at each end */
export function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    const [cell, end] = text[at] === '"' ? readQuoted(text, at) : readBare(text, at);
    row.push(cell);
    if (text[end] === ",") at = end + 1;
    else if (text.startsWith("\r\n", end)) {
      at = end + 2;
      rows.push(row);
      row = [];
      continue;
    } else {throw new Error(
        `at ${end}: neither a comma nor the end of a line: ${JSON.stringify(text.slice(end, end + 40))}`,
      );}
    if (text.startsWith("\r\n", at)) { // an empty last cell
      row.push("");
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  if (row.length > 0) throw new Error("the last line has no end");
  return rows;
}

/** What a spreadsheet would take for a formula: a text, for numbers may be negative. */
export function formulasIn(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell) && !/^-?\d+(\.\d+)?$/.test(cell));
}

function readQuoted(text: string, from: number): readonly [cell: string, end: number] {
  let cell = "";
  for (let at = from + 1;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new Error(`at ${from}: a quoted cell without an end`);
    cell += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [cell, quote + 1];
    cell += '"';
    at = quote + 2;
  }
}

function readBare(text: string, from: number): readonly [cell: string, end: number] {
  const end = from + text.slice(from).search(/[,\r\n"]/);
  if (end < from) throw new Error("the last line has no end");
  return [text.slice(from, end), end];
}
