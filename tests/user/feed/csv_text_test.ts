import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CsvScan } from "../../../src/user/feed/csv_scan.ts";
import { findSeparator, parseCsv } from "../../../src/user/feed/csv_text.ts";

const SEPARATORS = [",", ";", "\t", "|"];

/** Cells with what makes CSV hard. */
const cell = fc.string({
  unit: fc.constantFrom("a", "ß", "𝄞", ",", ";", "\t", "|", '"', "\n", "\r\n", " "),
  maxLength: 8,
});

function write(rows: readonly (readonly string[])[], separator: string, end: string): string {
  const quote = (text: string) =>
    /["\r\n]/.test(text) || text.includes(separator) || text === "" ? `"${text.replaceAll('"', '""')}"` : text;
  return rows.map((row) => row.map(quote).join(separator)).join(end) + end;
}

test("parseCsv() and CsvScan read what was written, wherever the bytes are cut", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 4 }).chain((width) =>
      fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 9 })
    ),
    fc.constantFrom(...SEPARATORS),
    fc.constantFrom("\n", "\r\n", "\n\n", "\r\n\r\n"),
    fc.integer({ min: 1, max: 20 }),
    (rows, separator, end, chunk) => {
      const text = write(rows, separator, end);
      assert.deepEqual(parseCsv(text, separator), rows);
      const starts: number[] = [];
      const scan = new CsvScan(separator, (start) => void starts.push(start));
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += chunk) scan.push(bytes.subarray(at, at + chunk));
      scan.end();
      const parts = starts.map((start, index) => new TextDecoder().decode(bytes.subarray(start, starts[index + 1])));
      assert.deepEqual(parts.flatMap((part) => parseCsv(part, separator)), rows);
    },
  ));
});

test("findSeparator() takes the one that occurs most in the first row, outside of quotes", () => {
  assert.equal(findSeparator("a,b,c\n1;2;3;4;5"), ",");
  assert.equal(findSeparator('"x,y,z";b\n'), ";");
  assert.equal(findSeparator("a\tb"), "\t");
  assert.equal(findSeparator("a|b|c,d"), "|");
  assert.equal(findSeparator("alone\n1"), ",");
});
