import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { exceptionsCsv, failuresCsv, historyLines, statsCsv } from "../../../src/report/csv/csv_rows.ts";
import { csvLine, floatCell } from "../../../src/base/text/csv_text.ts";
import { openCsvFiles } from "../../../src/report/csv/csv_files.ts";
import { classArrivals } from "../../support/class_arrivals.ts";
import { searchSimulated } from "../../support/simulated_search.ts";
import { createCurve } from "../../support/simulated_system.ts";
import { assertGolden } from "../../support/golden_text.ts";
import { recordRun } from "../../support/recorded_run.ts";

/** No other run is about. */
const claim = () => {};

const { snapshots, ended } = await recordRun();

/** A scratch folder that is gone afterwards. */
function withFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "csv-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A CSV text as rows, by the rules of RFC 4180. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain ?? "" : quoted.replaceAll('""', '"'));
    if (end === "\r\n") {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test("statsCsv(), failuresCsv(), exceptionsCsv(), historyLines() as files", () => {
  assertGolden("report/stats.csv", statsCsv(ended.snapshot));
  assertGolden("report/failures.csv", failuresCsv(ended.snapshot.failures));
  assertGolden("report/exceptions.csv", exceptionsCsv(ended.snapshot.exceptions));
  assertGolden("report/history_full.csv", historyLines(ended.snapshot, "full"));
  assertGolden("report/history.csv", historyLines(ended.snapshot, "aggregated"));
});

test("statsCsv() begins with exactly Locust's columns", () => {
  assert.ok(
    statsCsv(ended.snapshot).startsWith(
      "Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time," +
        "Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,",
    ),
  );
});

test("csvLine() holds every text whole, whatever is in it, and defuses formulas", () => {
  const text = fc.string({ unit: "grapheme", minLength: 1 });
  fc.assert(fc.property(fc.array(text, { minLength: 1 }), (cells) => {
    const [row] = parseCsv(csvLine(cells));
    assert.equal(row?.length, cells.length);
    cells.forEach((cell, i) => {
      // deno-lint-ignore no-control-regex -- control characters are replaced
      const clean = cell.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "\ufffd");
      assert.equal(row?.[i], /^[=+\-@\t\r]/.test(cell) ? `'${clean}` : clean);
    });
  }));
});

test("csvLine() replaces the control characters of both tables, C0 and C1, which drive a terminal that shows the file", () => {
  assert.equal(csvLine(["a\x1b[2J", "b\x9b2J", "c\x7f\x85", "é€"]), "a\ufffd[2J,b\ufffd2J,c\ufffd\ufffd,é€\r\n");
});

test("csvLine() leaves numbers numbers", () => {
  assert.equal(
    csvLine([-1.5, 0, { number: "-2.000000" }, null, NaN, floatCell(50), floatCell(0.25)]),
    "-1.5,0,-2.000000,,,50.0,0.25\r\n",
  );
});

test("openCsvFiles() makes missing folders and four files with their headers before the run", () => {
  withFolder((folder) => {
    const files = openCsvFiles(join(folder, "a/b/run"), { history: "aggregated", reportError: assert.fail, claim });
    const history = readFileSync(join(folder, "a/b/run_stats_history.csv"), "utf8");
    assert.equal(
      history,
      "Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%," +
        "Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time," +
        "Total Min Response Time,Total Max Response Time,Total Average Content Size\r\n",
    );
    assert.equal(
      readFileSync(join(folder, "a/b/run_failures.csv"), "utf8"),
      "Method,Name,Error,Occurrences,First Seen,Last Seen\r\n",
    );
    assert.match(readFileSync(join(folder, "a/b/run_exceptions.csv"), "utf8"), /^Count,Message,Traceback,Nodes,/);
    assert.ok(existsSync(join(folder, "a/b/run_stats.csv")));
    files.close();
  });
});

test("openCsvFiles() refuses a place that cannot be written, before the run", () => {
  withFolder((folder) => {
    writeFileSync(join(folder, "file"), "");
    assert.throws(
      () => openCsvFiles(join(folder, "file/run"), { history: "full", reportError: assert.fail, claim }),
      { name: "UsageError", code: "output_unwritable" },
    );
  });
});

test("openCsvFiles(): after the end every file has the last second, and the history one line per second", () => {
  withFolder((folder) => {
    const files = openCsvFiles(join(folder, "run"), { history: "aggregated", reportError: assert.fail, claim });
    for (const snapshot of snapshots) files.sink({ kind: "ticked", snapshot });
    files.sink(ended);
    files.close();
    files.sink({ kind: "ticked", snapshot: ended.snapshot });
    const read = (part: string) => parseCsv(readFileSync(join(folder, `run_${part}.csv`), "utf8"));
    assert.equal(read("stats").at(-1)?.[2], "300");
    assert.equal(read("failures").length, 3);
    assert.equal(read("exceptions").length, 2);
    const history = read("stats_history");
    assert.deepEqual(history.slice(1).map((row) => row[17]), snapshots.map(({ total }) => String(total.requests)));
    assert.equal(files.failed, false);
    assert.equal(existsSync(join(folder, "run_stats.csv.tmp")), false);
  });
});

test("openCsvFiles(): the line of the last second is replaced by the final one, and the wait after the stop has none", () => {
  withFolder((folder) => {
    const files = openCsvFiles(join(folder, "run"), { history: "full", reportError: assert.fail, claim });
    const startedMs = ended.snapshot.wallMs - ended.snapshot.elapsedMs;
    const at = (second: number, loadEndedMs?: number) => ({
      ...ended.snapshot,
      tick: second,
      elapsedMs: second * 1000,
      wallMs: startedMs + second * 1000 + 3, // a tick comes a moment late
      userCount: loadEndedMs === undefined ? 10 : 0,
      ...(loadEndedMs === undefined ? {} : { loadEndedMs }),
    });
    for (const second of [1, 2, 3]) files.sink({ kind: "ticked", snapshot: at(second) });
    for (const second of [4, 5, 6]) files.sink({ kind: "ticked", snapshot: at(second, 3020) });
    const total = { ...ended.snapshot.total, requests: 301 };
    files.sink({ ...ended, snapshot: { ...at(6, 3020), total } });
    files.close();
    const rows = parseCsv(readFileSync(join(folder, "run_stats_history.csv"), "utf8")).slice(1);
    const totals = rows.filter((row) => row[3] === "Aggregated");
    const seconds = [...new Set(rows.map((row) => row[0]))];
    assert.deepEqual(totals.map((row) => row[0]), seconds);
    assert.deepEqual(seconds.map((second) => Number(second) - Math.floor(startedMs / 1000)), [1, 2, 3]);
    assert.deepEqual(totals.map((row) => [row[1], row[17]]), [["10", "300"], ["10", "300"], ["10", "301"]]);
  });
});

test("openCsvFiles(): a folder that vanishes is reported once, remembered, and the run goes on", () => {
  withFolder((folder) => {
    const errors: string[] = [];
    const files = openCsvFiles(join(folder, "sub/run"), {
      history: "full",
      reportError: (text) => errors.push(text),
      claim,
    });
    rmSync(join(folder, "sub"), { recursive: true });
    for (const snapshot of snapshots) files.sink({ kind: "ticked", snapshot });
    void files.close();
    assert.equal(errors.length, 1);
    assert.match(errors[0] ?? "", /^Cannot write ".*run_stats\.csv": /);
    assert.equal(files.failed, true);
  });
});

test("openCsvFiles(): a run with arrivals has a file of them, one line per class and second, and others have none", () => {
  withFolder((folder) => {
    const path = join(folder, "run_arrivals_history.csv");
    const files = openCsvFiles(join(folder, "run"), { history: "aggregated", reportError: assert.fail, claim });
    for (const snapshot of snapshots) files.sink({ kind: "ticked", snapshot });
    assert.equal(existsSync(path), false);
    const arrivals = (asked: number) => [classArrivals({ asked, started: asked }), classArrivals({ name: "Reader" })];
    for (const snapshot of snapshots) {
      files.sink({ kind: "ticked", snapshot: { ...snapshot, classArrivals: arrivals(snapshot.tick) } });
    }
    files.sink({ ...ended, snapshot: { ...ended.snapshot, classArrivals: arrivals(999) } });
    files.close();
    const [header, ...rows] = parseCsv(readFileSync(path, "utf8"));
    assert.deepEqual(header?.slice(0, 3), ["Timestamp", "Class", "Kind"]);
    assert.equal(rows.length, snapshots.length * 2, "the last second is written again");
    assert.deepEqual(rows.at(-2)?.slice(1), [
      "Buyer",
      "arrivals",
      "50.000000",
      "50.000000",
      "48.000000",
      "0.000000",
      "0.000000",
      "999",
      "999",
      "0",
      "0",
      "0",
    ]);
    assert.equal(files.failed, false);
  });
});

test("openCsvFiles() has a line for each step of a capacity search and each condition, also of steps of an earlier master", () => {
  const { steps } = searchSimulated(createCurve({ medianMs: (load) => load > 40 ? 400 : 20, seed: 1 }), {
    unit: "users",
    start: 30,
    slo: ["p99<100ms, failures<1%"],
  });
  withFolder((folder) => {
    const files = openCsvFiles(join(folder, "run"), { history: "aggregated", reportError: assert.fail, claim });
    const path = join(folder, "run_capacity.csv");
    const event = (step: typeof steps[number]) => ({ kind: "capacityStep", step, elapsedMs: 1000 }) as const;
    steps.slice(0, 2).forEach((step) => files.recall?.(event(step)));
    const [snapshot] = snapshots;
    assert.ok(snapshot !== undefined && !existsSync(path));
    steps.slice(2).forEach((step) => files.sink(event(step)));
    files.sink({ kind: "ticked", snapshot });
    const [header, ...rows] = parseCsv(readFileSync(path, "utf8"));
    files.close();
    const column = (name: string) => rows.map((row) => row[header?.indexOf(name) ?? -1]);
    assert.deepEqual(column("Step"), steps.flatMap(({ number }) => [String(number), String(number)]));
    assert.deepEqual(column("Load"), steps.flatMap(({ load }) => [String(load), String(load)]));
    assert.deepEqual(column("SLO"), steps.flatMap(({ outcome }) => [outcome, outcome]));
    assert.deepEqual(column("Condition").slice(0, 2), ["p99<100ms", "failures<1%"]);
    assert.deepEqual(column("Measured").slice(0, 2), steps[0]?.figures.map(({ measured }) => String(measured)));
    assert.deepEqual(column("Generator").filter((text) => text !== ""), []);
  });
});

test("openCsvFiles() has no file of capacity steps where no capacity is searched for", () => {
  withFolder((folder) => {
    const files = openCsvFiles(join(folder, "run"), { history: "aggregated", reportError: assert.fail, claim });
    files.sink(ended);
    files.close();
    assert.ok(!existsSync(join(folder, "run_capacity.csv")));
  });
});

test("openCsvFiles() writes the users of a run that ended before its first tick", () => {
  withFolder((folder) => {
    const output = openCsvFiles(join(folder, "early"), { history: "aggregated", claim, reportError: assert.fail });
    const span = { fromSecond: 0, toSecond: 1, elapsedMs: 700, users: 7, requests: 1, failures: 0, bytes: 0 };
    const snapshot = { ...ended.snapshot, userCount: 0 };
    output.sink({ ...ended, snapshot, span: { ...span, times: new Uint8Array(0) } });
    output.close();
    const [header = [], row = []] = parseCsv(readFileSync(join(folder, "early_stats_history.csv"), "utf8"));
    assert.equal(row[header.indexOf("User Count")], "7");
  });
});
