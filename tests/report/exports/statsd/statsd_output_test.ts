import assert from "node:assert/strict";
import type { Socket } from "node:dgram";
import { test } from "node:test";
import { openStatsd } from "../../../../src/report/exports/statsd/statsd_output.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { snapshots, ended } = await recordRun();
const TARGET = { host: "metrics.test", port: 8125 };

/** A name that is found when the test says so. */
function openBench() {
  const found = Promise.withResolvers<Socket>();
  const lines: string[] = [];
  const warnings: string[] = [];
  const clock = new FakeClock();
  let opened = 0;
  const socket = {
    send(packet: Uint8Array, done: (error: Error | null) => void) {
      lines.push(...new TextDecoder().decode(packet).split("\n"));
      done(null);
    },
    close() {},
  } as unknown as Socket; // what is used of one
  const output = openStatsd(TARGET, { clock, warn: (text) => warnings.push(text), log: () => {} }, () => {
    opened++;
    return found.promise;
  });
  const countOf = (name: string) =>
    lines.filter((line) => line.startsWith("locust_ts.requests:") && line.endsWith(`name:${name}`))
      .reduce((sum, line) => sum + Number(/:(\d+)\|c/.exec(line)?.[1]), 0);
  return { output, clock, warnings, find: () => found.resolve(socket), countOf, opened: () => opened };
}

test("--statsd with a name that is found late: one warning, and the counters still sum to the figures of the run", async () => {
  const { output, clock, warnings, find, countOf, opened } = openBench();
  for (const snapshot of snapshots.slice(0, 6)) {
    output.sink({ kind: "ticked", snapshot });
    await clock.advance(1000);
  }
  assert.deepEqual(warnings, [
    "Cannot send to StatsD at metrics.test:8125: no answer within 2 s; the run continues without",
  ]);
  find();
  for (const snapshot of snapshots.slice(6)) {
    output.sink({ kind: "ticked", snapshot });
    await clock.advance(1000);
  }
  output.sink(ended);
  await output.settle?.(new AbortController().signal);
  const plain = ended.snapshot.entries.filter(({ name }) => /^[\w/]+$/.test(name)); // as it stands in a tag
  assert.ok(plain.length > 0);
  for (const { name, requests } of plain) assert.equal(countOf(name), requests, name);
  assert.equal(warnings.length, 1);
  assert.equal(opened(), 1);
});

test("--statsd with a name that is never found does not hold up the end of the run", async () => {
  const { output, clock, warnings } = openBench();
  output.sink({ kind: "ticked", snapshot: snapshots[0]! });
  await clock.advance(2500);
  output.sink(ended);
  await output.settle?.(new AbortController().signal); // at once: the receiver has failed last
  assert.equal(warnings.length, 1);
});
