import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { jsonPathOf, openJsonFile, openJsonPrint, renderJson } from "../../src/report/json_report.ts";
import { assertGolden } from "../support/golden_text.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { recordRun } from "../support/recorded_run.ts";

/** No other run is about. */
const claim = () => {};

const { ended, ledger } = await recordRun();

const LOCUST_FIELDS = [
  "name",
  "method",
  "last_request_timestamp",
  "start_time",
  "num_requests",
  "num_none_requests",
  "num_failures",
  "total_response_time",
  "max_response_time",
  "min_response_time",
  "total_content_length",
  "response_times",
  "num_reqs_per_sec",
  "num_fail_per_sec",
];

test("renderJson() as a file", () => {
  assertGolden("report/run_json.txt", renderJson(ended.snapshot, ledger.details()));
});

test("renderJson() has Locust's 14 fields in its order, then ours, at an indent of 4", () => {
  const text = renderJson(ended.snapshot, ledger.details());
  assert.ok(text.startsWith('[\n    {\n        "name": '));
  for (const entry of JSON.parse(text)) {
    assert.deepEqual(Object.keys(entry).slice(0, 14), LOCUST_FIELDS);
    assert.equal(Object.keys(entry)[14], "percentiles");
  }
});

test("renderJson() writes whole floats as floats and counts as integers", () => {
  const { snapshot } = ended;
  const entry = { ...snapshot.entries[0]!, name: '\n        "max_response_time": 1', sumMs: 12, minMs: 3, maxMs: 9 };
  const text = renderJson({ ...snapshot, entries: [entry] }, ledger.details());
  assert.match(text, /"total_response_time": 12\.0,/);
  assert.match(text, /"min_response_time": 3\.0,/);
  assert.match(text, /"num_requests": \d+,/);
  assert.equal(JSON.parse(text)[0].name, entry.name);
});

test("renderJson(): histogram and seconds sum to the counts", () => {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  for (const entry of JSON.parse(renderJson(ended.snapshot, ledger.details()))) {
    assert.equal(sum(entry.response_times), entry.num_requests - entry.num_none_requests);
    assert.equal(sum(entry.num_reqs_per_sec), entry.num_requests);
    assert.equal(sum(entry.num_fail_per_sec), entry.num_failures);
  }
});

test("renderJson() has corrected figures for paced rows alone", () => {
  const entries = JSON.parse(renderJson(ended.snapshot, ledger.details()));
  const corrected = entries.filter((entry: object) => "corrected_percentiles" in entry);
  assert.deepEqual(corrected.map((entry: { name: string }) => entry.name), ["/cart"]);
  assert.ok("corrected_response_times" in corrected[0]);
});

test("renderJson() leaves out rows without a request, and is [] without any", () => {
  const { snapshot } = ended;
  const entries = snapshot.entries.map((entry) => ({ ...entry, requests: 0, failures: 0 }));
  assert.equal(renderJson({ ...snapshot, entries }, []), "[]\n");
});

test("openJsonPrint() prints once, at the end", () => {
  const written: string[] = [];
  const { sink } = openJsonPrint({ print: (text) => written.push(text), details: () => ledger.details() });
  sink({ kind: "ticked", snapshot: ended.snapshot });
  sink(ended);
  assert.equal(written.length, 1);
  assert.equal(JSON.parse(written[0] ?? "").length, 3);
});

test("openJsonFile() writes at each tick, less often when that takes long, and always at the end", () => {
  withFolder((folder) => {
    const clock = new FakeClock();
    let written = 0;
    const { sink } = openJsonFile(join(folder, "run.json"), {
      clock,
      details: () => {
        written++;
        clock.skip(100); // so long that writing each second would take a tenth of the time
        return ledger.details();
      },
      reportError: assert.fail,
      claim,
    });
    for (let second = 1; second <= 4; second++) {
      clock.skip(second * 1000 - clock.nowMs());
      sink({ kind: "ticked", snapshot: ended.snapshot });
    }
    assert.equal(written, 2, "in seconds 1 and 3");
    sink(ended);
    assert.equal(written, 3);
  });
});

test("openJsonFile() is an empty array before the run, whole afterwards, and remembers a failure that it reports once", () => {
  withFolder((folder) => {
    const errors: string[] = [];
    const path = join(folder, "new/run.json");
    const context = { clock: new FakeClock(), details: () => ledger.details(), claim };
    const file = openJsonFile(path, { ...context, reportError: (text) => errors.push(text) });
    assert.equal(readFileSync(path, "utf8"), "[]\n");
    file.sink(ended);
    assert.equal(JSON.parse(readFileSync(path, "utf8")).length, 3);
    assert.throws(() => openJsonFile(`${path}/x`, { ...context, reportError: assert.fail }), { name: "UsageError" });
    assert.equal(file.failed, false);
    rmSync(join(folder, "new"), { recursive: true });
    file.sink(ended);
    file.sink(ended);
    assert.equal(file.failed, true);
    assert.equal(errors.length, 1);
  });
});

function withFolder(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "json-"));
  try {
    use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("jsonPathOf() adds the ending unless it is there, and never to a device", () => {
  assert.deepEqual(["run", "run.json", "RUN.JSON", "run.v1", "/dev/null"].map(jsonPathOf), [
    "run.json",
    "run.json",
    "RUN.JSON",
    "run.v1.json",
    "/dev/null",
  ]);
});
