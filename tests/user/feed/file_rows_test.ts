import assert from "node:assert/strict";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { csvFormat, type CsvOptions, jsonLinesFormat, jsonListFormat } from "../../../src/user/feed/file_formats.ts";
import { openFileRows } from "../../../src/user/feed/file_rows.ts";
import type { OpenRows } from "../../../src/user/feed/row_source.ts";

const folder = mkdtempSync(join(tmpdir(), "locust-ts-feed-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

function write(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.data`);
  writeFileSync(path, content);
  return path;
}

async function readCsv(content: string | Uint8Array, options: CsvOptions = {}): Promise<unknown[]> {
  return readAll(await openFileRows(write(content), "master", csvFormat(options)));
}

function readAll<Row>(rows: OpenRows<Row>): Row[] {
  const all = Array.from({ length: rows.size ?? 0 }, (_, number) => rows.row(number));
  rows.close();
  return all;
}

const PROBLEMS: readonly (readonly [what: string, content: string | Uint8Array, message: RegExp])[] = [
  ["a row with too few cells", 'a,b\n"1\n2",3\n4\n', /line 4 has 1 cell, the first row has 2; correct it/],
  ["a row with too many cells", "a,b\r\n\r\n1,2,3\r\n", /line 3 has 3 cells, the first row has 2/],
  ["a quote that is never closed", 'a,b\n1,"2\n3,4\n', /line 2 has a quote that is never closed/],
  ["text behind a quote", 'a,b\n"1"x,2\n', /line 2 has text behind a closing quote/],
  ["a column twice", "a,b,a\n1,2,3\n", /line 1 names the column "a" twice/],
  ["a header alone", "a,b\n", /it has no row/],
  ["nothing", "", /it has no row/],
  [
    "text behind the quote of an earlier line",
    'a,b\n1,"2\n3,"4"\n',
    /line 3 has .* closing quote, of a cell that begins in line 2;/,
  ],
  ["a line for spreadsheets", "sep=;\r\na;b\r\n1;2\r\n", /line 1 tells a spreadsheet that ";" is between the cells/],
  ["Latin-1", new Uint8Array([97, 10, 0xc3, 0xa4, 10, 77, 0xfc, 108, 10]), /line 3 is no text in UTF-8, but maybe/],
  ["a character that is cut at its end", new Uint8Array([97, 10, 98, 10, 0xe2, 0x82]), /line 3 is no text in UTF-8/],
  ["UTF-16 without a mark", new Uint8Array([97, 0, 10, 0, 49, 0, 10, 0]), /it is UTF-16 text; save it as UTF-8/],
  ["a database", new TextEncoder().encode("SQLite format 3\0\n"), /it is a SQLite file; read it with feed.sqlite/],
  ["lines of an old Mac", "a,b\r1,2\r", /its lines end with a carriage return alone/],
  ["UTF-16", new Uint8Array([0xff, 0xfe, 97, 0]), /it is UTF-16 text; save it as UTF-8/],
  ["bytes of gzip", new Uint8Array([0x1f, 0x8b, 8, 0]), /it is compressed by gzip; unpack it/],
  [
    "a spreadsheet",
    new Uint8Array([0x50, 0x4b, 3, 4, 20]),
    /it is a ZIP archive, as files of spreadsheets are; save it/,
  ],
];

for (const [what, content, message] of PROBLEMS) {
  test(`openFileRows() names file and line of a CSV file with ${what}`, async () => {
    await assert.rejects(
      readCsv(content),
      (error: Error) => message.test(error.message) && /"\/.*\.data"/.test(error.message),
    );
  });
}

test("openFileRows() reads characters that lie over the parts in which the file is read", async () => {
  const line = "€".repeat(333) + "\n"; // 1000 bytes: parts of 1 MB end in each place of a character
  const all = await readCsv("a\n" + line.repeat(3200));
  assert.equal(all.length, 3200);
  const content = new TextEncoder().encode("a\n" + line.repeat(3200));
  content[2_500_004] = 0xff;
  await assert.rejects(readCsv(content), /line 2502 is no text in UTF-8/);
});

test("openFileRows() says that a list over several lines is no JSON value per line, and that a URL is no file", async () => {
  const list = write('[\n{"a":1},\n{"a":2}\n]\n');
  await assert.rejects(
    openFileRows(list, "master", jsonLinesFormat()),
    /line 1 begins a list that goes over several lines; read it with feed.json/,
  );
  assert.deepEqual(readAll(await openFileRows(write("[1]\n[2]\n"), "master", jsonLinesFormat())), [[1], [2]]);
  await assert.rejects(
    openFileRows("https://h/a.csv", "master", csvFormat({})),
    /it is a URL, .*; download it before the run/,
  );
});

test("openFileRows() says where a file is looked for that is not there", async () => {
  await assert.rejects(openFileRows("no-such.csv", "master", csvFormat({})), {
    code: "feed",
    message:
      'Cannot read rows of "no-such.csv": there is no such file; check the path: it is looked for in the current folder and beside the locustfile',
  });
});

test("openFileRows() understands a byte order mark, CRLF, blank lines and quoted line breaks", async () => {
  const rows = await readCsv('\ufeffname;note\r\nada;"a;b\r\n""c"""\r\n\r\ngrace;\r\n');
  assert.deepEqual(rows, [{ name: "ada", note: 'a;b\r\n"c"' }, { name: "grace", note: "" }]);
});

test("openFileRows() takes the header from the options, or has lists of cells without one", async () => {
  assert.deepEqual(await readCsv("1,2\n3,4", { header: ["x", "y"] }), [{ x: "1", y: "2" }, { x: "3", y: "4" }]);
  assert.deepEqual(await readCsv("1,2\n3,4", { header: false }), [["1", "2"], ["3", "4"]]);
  await assert.rejects(readCsv("1,2\n", { header: ["x"] }), /line 1 has 2 cells, "header" names 1/);
  assert.deepEqual(await readCsv("a:b\n1:2\n", { separator: ":" }), [{ a: "1", b: "2" }]);
});

test("FileRows.row() reads any row of many blocks, forwards and backwards", async () => {
  const lines = Array.from({ length: 1000 }, (_, index) => `${index},"${"x\n".repeat(index % 7)}"`);
  const rows = await openFileRows<Record<string, string>>(
    write(`id,text\n${lines.join("\n")}`),
    "master",
    csvFormat({}),
  );
  assert.equal(rows.size, 1000);
  for (const number of [0, 62, 63, 64, 999, 500, 126, 127, 128, 1]) {
    assert.deepEqual(rows.row(number), { id: String(number), text: "x\n".repeat(number % 7) });
  }
  rows.close();
});

test("FileRows.row() refuses a file that was changed meanwhile", async () => {
  const path = write("a\n" + "1\n".repeat(200));
  const rows = await openFileRows(path, "master", csvFormat({}));
  writeFileSync(path, "a\n" + "2\n".repeat(200));
  utimesSync(path, 1, 1);
  assert.throws(() => rows.row(100), /was changed during the run/);
  writeFileSync(path, "");
  assert.throws(() => rows.row(199), /was changed during the run/);
  rows.close();
});

test("openFileRows() reads JSON lines, and names the row that is none", async () => {
  const rows = await openFileRows<unknown>(write('{"a":1}\r\n\n[2]\n"three"'), "master", jsonLinesFormat());
  assert.deepEqual(readAll(rows), [{ a: 1 }, [2], "three"]);
  const broken = await openFileRows(write('{"a":1}\n{"a":\n'), "master", jsonLinesFormat());
  assert.throws(() => broken.row(1), /line 2 is not valid: SyntaxError: .*; correct it/);
});

test("FileRows.row() names the very line of a row that is none, behind blank lines and over blocks", async () => {
  const lines = Array.from(
    { length: 2000 },
    (_, index) => index === 999 ? '{"id":' : index % 50 === 7 ? "" : `{"id":${index}}`,
  );
  const rows = await openFileRows(write(lines.join("\n")), "master", jsonLinesFormat());
  const number = lines.slice(0, 999).filter((line) => line !== "").length;
  assert.throws(() => rows.row(number), /: line 1000 is not valid: /);
  assert.deepEqual(rows.row(number + 1), { id: 1000 });
  rows.close();
});

test("openFileRows() says that a folder is one", async () => {
  await assert.rejects(openFileRows(folder, "master", csvFormat({})), {
    code: "feed",
    message: `Cannot read rows of "${folder}": it is a folder; name a file in it`,
  });
});

test("openFileRows() reads the elements of a JSON list, over many blocks", async () => {
  const list = Array.from(
    { length: 300 },
    (_, index) => [{ id: index, text: '],"[{\\' }, index, [index], "x,]"][index % 4],
  );
  for (const content of [JSON.stringify(list), `\ufeff${JSON.stringify(list, null, 2)}\n`]) {
    assert.deepEqual(readAll(await openFileRows<unknown>(write(content), "master", jsonListFormat())), list);
  }
  const open = (content: string) => openFileRows(write(content), "master", jsonListFormat());
  await assert.rejects(open('{"a":1}'), /line 1 does not begin with a list; .*a value per line is read by feed\.jsonl/);
  await assert.rejects(open("[1,\n2"), /line 2 ends within the list/);
  await assert.rejects(open("[1]\n[2]"), /line 2 has something behind the list/);
  await assert.rejects(open("[]"), /it has no row/);
});
