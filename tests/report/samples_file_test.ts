import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import type { RunEvent } from "../../src/master/run_event.ts";
import { openSamplesFile } from "../../src/report/samples_file.ts";
import { TempFolder } from "../support/temp_folder.ts";

const MB = 1024 * 1024;
const STARTED = { kind: "runStarted" } as RunEvent;

test("--samples: what the disk does not take within its bound is dropped as whole batches, counted and told once", async () => {
  using folder = new TempFolder();
  const warnings: string[] = [];
  const path = folder.at("all.csv");
  const output = await openSamplesFile({ path, traces: "none" }, {
    claim: () => {},
    reportError: (message) => warnings.push(message),
    warn: (message) => warnings.push(message),
  });
  output.sink(STARTED);
  await output.settle?.(new AbortController().signal);
  const line = new TextEncoder().encode(`${"x".repeat(MB - 2)}\r\n`);
  const text = new Uint8Array(4 * MB);
  for (let i = 0; i < 4; i++) text.set(line, i * MB);
  // All at once: nothing of it can have been written between two of them.
  for (let i = 0; i < 20; i++) output.sink({ kind: "sampled", batch: { text, lines: 4, dropped: 1 } });
  await output.settle?.(new AbortController().signal);
  await output.close();
  const [header, ...lines] = readFileSync(path, "utf8").split("\r\n").slice(0, -1);
  assert.match(header ?? "", /^timestamp,/);
  assert.equal(lines.length, 16 * 4);
  assert.ok(lines.every((each) => each.length === MB - 2));
  assert.deepEqual(warnings, [`--samples: ${4 * 4 + 20} of ${20 * 4 + 20} requests are not in "${path}"`]);
  assert.equal(output.failed, false, "the figures are whole: it is no failure of the run");
});

for (
  const [name, read] of [
    ["all.csv", readFileSync],
    ["all.csv.gz", (path: string) => gunzipSync(readFileSync(path))],
  ] as const
) {
  test(`--samples ${name}: the header has a column for scenarios where the run has some, once, and none in a file that goes on`, async () => {
    using folder = new TempFolder();
    const path = folder.at(name);
    const context = { claim: () => {}, reportError: assert.fail, warn: assert.fail };
    const sampled = (text: string): RunEvent => ({
      kind: "sampled",
      batch: { text: new TextEncoder().encode(text), lines: 1, dropped: 0 },
    });
    const output = await openSamplesFile({ path, traces: "none" }, context);
    output.sink({ ...STARTED, scenarios: [] } as RunEvent);
    output.sink({ ...STARTED, scenarios: [] } as RunEvent);
    output.sink(sampled("1\r\n"));
    await output.close();
    const first = read(path).toString();
    assert.match(first, /^timestamp,[^\n]*,exception,scenario\r\n1\r\n$/);
    appendFileSync(path, readFileSync(path).subarray(0, 15)); // a killed master has left the beginning of a piece
    const later = await openSamplesFile({ path, traces: "none" }, { ...context, start: "resumed" });
    later.recall?.({ ...STARTED, scenarios: [] } as RunEvent);
    later.sink(sampled("2\r\n"));
    await later.close();
    assert.equal(read(path).toString(), `${first}2\r\n`);
  });
}
