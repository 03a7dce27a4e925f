/**
 * CSV as Locust writes it: commas, CRLF, double quotes only where needed. Pure.
 *
 * A spreadsheet takes a cell that begins with = + - @ (or a tab or a carriage return) for a formula, and names and texts come from
 * targets and locustfiles: such *texts* get an apostrophe in front, as OWASP advises. Numbers never do.
 */

/** A number that has its form already: `50.0`, `2.900000`. */
export interface NumberText {
  readonly number: string;
}

/** Texts are defused and quoted, numbers are written as they are, null is an empty cell. */
export type CsvCell = string | number | NumberText | null;

/** One line, with its end. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map((cell) => typeof cell === "string" ? textCell(cell) : numberCell(cell)).join(",")}\r\n`;
}

/** As Python writes a float: `50.0`, `123.05`. */
export function floatCell(value: number): CsvCell {
  return Number.isInteger(value) ? { number: `${value}.0` } : value;
}

/** A header line: our own words, which need no defusing. */
export function csvHeader(titles: readonly string[]): string {
  return `${titles.join(",")}\r\n`;
}

function numberCell(value: number | NumberText | null): string {
  if (value === null) return "";
  if (typeof value === "object") return value.number;
  return Number.isFinite(value) ? String(value) : "";
}

/** A text as it stands in a line. */
export function textCell(text: string): string {
  const defused = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  // No cell may hold a NUL or another control character: programs that read CSV break at them. Line breaks are quoted.
  // deno-lint-ignore no-control-regex -- that is the point
  const clean = defused.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");
  return /[",\r\n]/.test(clean) ? `"${clean.replaceAll('"', '""')}"` : clean;
}
