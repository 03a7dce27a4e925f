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
  let state: "listens" | "refuses" | "fails" = "listens";
  let refused = false; // what was sent before: the next packet learns of it
  let tell: (error: unknown) => void = () => {};
  const found = Promise.withResolvers<Socket>();
  const lines: string[] = [];
  const warnings: string[] = [];
  const logged: string[] = [];
  const clock = new FakeClock();
  let opened = 0;
  const socket = {
    send(packet: Uint8Array, done: (error: Error | null) => void) {
      if (state === "fails") return done(Object.assign(new Error("network is unreachable"), { code: "ENETUNREACH" }));
      if (refused) {
        refused = false;
        return done(Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" }));
      }
      if (state === "refuses") {
        refused = true;
        return done(null);
      }
      lines.push(...new TextDecoder().decode(packet).split("\n"));
      done(null);
    },
    close() {},
  } as unknown as Socket; // what is used of one
  const output = openStatsd(
    TARGET,
    { clock, warn: (text) => warnings.push(text), log: (text) => logged.push(text) },
    (_target, failed) => {
      opened++;
      tell = failed;
      return found.promise;
    },
  );
  const countOf = (name: string) =>
    lines.filter((line) => line.startsWith("locust_ts.requests:") && line.endsWith(`name:${name}`))
      .reduce((sum, line) => sum + Number(/:(\d+)\|c/.exec(line)?.[1]), 0);
  return {
    output,
    clock,
    warnings,
    logged,
    find: () => found.resolve(socket),
    countOf,
    opened: () => opened,
    become: (next: typeof state) => state = next,
    /** The system says it of itself, before the next packet. */
    tellRefusal() {
      if (!refused) return;
      refused = false;
      tell(Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" }));
    },
  };
}

/** Their names stand in a tag as they are. */
const PLAIN = ended.snapshot.entries.filter(({ name }) => /^[\w/]+$/.test(name));

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
  assert.ok(PLAIN.length > 0);
  for (const { name, requests } of PLAIN) assert.equal(countOf(name), requests, name);
  assert.equal(warnings.length, 1);
  assert.equal(opened(), 1);
});

test("--statsd with a name that is never found does not hold up the end of the run", async () => {
  const { output, clock, warnings } = openBench();
  output.sink({ kind: "ticked", snapshot: snapshots[0]! });
  await clock.advance(2500);
  output.sink(ended);
  const settling = output.settle?.(new AbortController().signal);
  await clock.advance(500); // the receiver has failed last
  await settling;
  assert.equal(warnings.length, 1);
});

for (
  const [says, trouble, isToldAtOnce] of [
    ["does not listen for a while, as the next packet learns", "refuses", false],
    ["does not listen for a while, as the system tells at once", "refuses", true],
    ["cannot be reached for a while", "fails", false],
  ] as const
) {
  test(`--statsd with a receiver that ${says}: the counters still sum to the figures of the run`, async () => {
    const { output, clock, warnings, logged, find, countOf, become, tellRefusal } = openBench();
    find();
    for (const [second, snapshot] of snapshots.entries()) {
      become(second >= 2 && second < 7 ? trouble : "listens");
      output.sink({ kind: "ticked", snapshot });
      await clock.advance(1000);
      if (isToldAtOnce) tellRefusal();
    }
    output.sink(ended);
    await output.settle?.(new AbortController().signal);
    for (const { name, requests } of PLAIN) assert.equal(countOf(name), requests, name);
    assert.equal(warnings.length, 1);
    assert.ok(logged.includes("StatsD at metrics.test:8125 takes data again"));
  });
}
