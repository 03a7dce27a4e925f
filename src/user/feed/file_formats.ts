/** The formats of files that a feed reads: CSV, a JSON value per line, and a JSON list. */
import { CsvScan } from "./csv_scan.ts";
import { findSeparator, parseCsv } from "./csv_text.ts";
import type { FileFormat } from "./file_rows.ts";
import { JsonScan } from "./json_scan.ts";
import { LineScan, RowProblem } from "./row_scan.ts";

export interface CsvOptions {
  /** One character; found out from the first row if absent: `,` `;` tab or `|`. */
  readonly separator?: string;
  /**
   * True: the first row names the columns. A list: these are the names, and the first row is data. False: rows are
   * lists of cells.
   */
  readonly header?: boolean | readonly string[];
}

/** Rows are objects by the names of the columns, or lists of cells without a header. All cells are texts. */
export function csvFormat<Row>({ separator, header = true }: CsvOptions): FileFormat<Row> {
  let used = separator ?? ",";
  let names = typeof header === "boolean" ? [] : header;
  const headRows = header === true ? 1 : 0;
  return {
    headRows,
    scan(head, row) {
      refuseSeparatorLine(head);
      used = separator ?? findSeparator(head);
      if (typeof header !== "boolean") checkWidth(parseCsv(head.slice(0, endOfRow(head)), used)[0], header);
      return new CsvScan(used, row);
    },
    find(bytes, row) {
      const scan = new CsvScan(used, row);
      scan.push(bytes);
      scan.end();
    },
    takeHead(text) {
      names = (parseCsv(text, used)[0] ?? []).map((name) => name.trim());
      const repeated = names.find((name, index) => names.indexOf(name) !== index);
      if (repeated !== undefined) {
        throw new RowProblem(1, `names the column "${repeated}" twice`, "give each column a name of its own");
      }
    },
    make(text) {
      const [cells = []] = parseCsv(text, used);
      if (header === false) return cells as Row;
      return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ""])) as Row;
    },
  };
}

const LIST_OVER_LINES = /^\s*\[\s*[\r\n]/;

/** A JSON value per line. */
export function jsonLinesFormat<Row>(): FileFormat<Row> {
  return {
    headRows: 0,
    scan(head, row) {
      if (!LIST_OVER_LINES.test(head)) return new LineScan(row);
      throw new RowProblem(1, "begins a list that goes over several lines", "read it with feed.json");
    },
    find(bytes, row) {
      const scan = new LineScan(row);
      scan.push(bytes);
      scan.end();
    },
    takeHead() {},
    make: (text) => JSON.parse(text) as Row,
  };
}

/** The elements of one list. */
export function jsonListFormat<Row>(): FileFormat<Row> {
  return {
    headRows: 0,
    scan: (_head, row) => new JsonScan(row),
    find: (bytes, row) => new JsonScan(row, "in the list").push(bytes),
    takeHead() {},
    make(text, place) {
      const end = text.trimEnd();
      return JSON.parse(place === "last" || end.endsWith(",") ? end.slice(0, -1) : end) as Row;
    },
  };
}

/** Some programs tell a spreadsheet in front of the rows what is between the cells. */
function refuseSeparatorLine(head: string): void {
  const [, separator] = /^"?sep=(.)"?\r?\n/i.exec(head) ?? [];
  if (separator === undefined) return;
  const told = JSON.stringify(separator);
  throw new RowProblem(
    1,
    `tells a spreadsheet that ${told} is between the cells, and is no row`,
    `take it out, and write separator: ${told} if need be`,
  );
}

function checkWidth(first: readonly string[] | undefined, header: readonly string[]): void {
  if (first === undefined || first.length === header.length) return;
  throw new RowProblem(
    1,
    `has ${first.length} ${first.length === 1 ? "cell" : "cells"}, "header" names ${header.length}`,
    "name each column",
  );
}

function endOfRow(text: string): number {
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === "\n" && !isQuoted) return at;
  }
  return text.length;
}
