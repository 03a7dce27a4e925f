/**
 * Figures are held against a server of known latencies that records what it did, and against the locustfile's own list of samples.
 * The list leaves out the machine: a figure that is further from it than the histogram's error was computed wrongly. The record leaves
 * out our clock: no response time may be shorter than the server's, and only scheduling may make it longer, which is little on an
 * idle machine (`scripts/bench/truth.ts` measures it) and has room here.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import { SUMMARY_PERCENTILES } from "../../src/report/summary/summary.ts";
import { requireTool } from "../support/requirements.ts";
import { type CliResult, runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { exactMean, exactPercentile, openTruthServer, type ServedRequest } from "../support/truth_server.ts";

const needs = { skip: requireTool("gcc") };

/** Half the width of a bucket, relative. */
const HISTOGRAM_ERROR = 0.005;
/** One rounding to whole microseconds, in ms. */
const ROUNDING_MS = 0.0011;
/** What waiting for a core may add on a machine that does other things, in ms. */
const BUSY_MACHINE_MS = 60;

const locustfile = (client: string) => `
import { appendFileSync } from "node:fs";
import { constant, events, ${client}, task } from "locust-ts";
const samples = [];
events.request.addListener(({ name, responseTime }) => samples.push(name + " " + responseTime));
const file = "samples-" + process.pid + "-" + Math.random();
export class Visitor extends ${client} {
  override waitTime = constant(0.001);
  @task(2) async constant() { await this.client.get("/constant"); }
  @task(3) async lognormal() { await this.client.get("/lognormal"); }
  @task(6) async bimodal() { await this.client.get("/bimodal"); }
  @task(4) async errors() { await this.client.get("/errors"); }
  @task(4) async resets() { await this.client.get("/resets"); }
  override onStop() {
    appendFileSync(file, samples.splice(0).map((line) => line + "\\n").join(""));
  }
}`;

function readSummary(folder: string): RunSummary {
  return JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as RunSummary;
}

/** Response times by name, as the listeners in the threads heard of them. */
function readSamples(folder: string): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (const file of readdirSync(folder).filter((name) => name.startsWith("samples-"))) {
    for (const line of readFileSync(join(folder, file), "utf8").trim().split("\n")) {
      const [name = "", ms] = line.split(" ");
      byName.set(name, [...byName.get(name) ?? [], Number(ms)]);
    }
  }
  return byName;
}

function checkFormulas(entry: SummaryEntry, samples: readonly number[]): void {
  const at = `${entry.method} ${entry.name}`;
  assert.equal(entry.requests, samples.length, at);
  const within = (value: number | null, exact: number, error: number, what: string) =>
    assert.ok(
      value !== null && Math.abs(value - exact) <= exact * error + ROUNDING_MS,
      `${at}: ${what} ${value}, of the list ${exact}`,
    );
  for (const percent of SUMMARY_PERCENTILES) {
    const value = entry.percentilesMs[percent];
    within(value, exactPercentile(samples, Number(percent)), percent === "100" ? 0 : HISTOGRAM_ERROR, `p${percent}`);
  }
  within(entry.meanMs, exactMean(samples), 0, "mean");
  within(entry.minMs, Math.min(...samples), 0, "minimum");
  within(entry.maxMs, Math.max(...samples), 0, "maximum");
}

function checkAgainstServer(entry: SummaryEntry, served: readonly ServedRequest[]): void {
  const took = served.map(({ tookMs }) => tookMs);
  const near = (value: number | null, from: number, to: number, what: string) => {
    const shown = `${entry.name}: ${what} ${value}, of the server ${from} to ${to}`;
    assert.ok(
      value !== null && value >= from * (1 - HISTOGRAM_ERROR) - ROUNDING_MS,
      `shorter than it can be: ${shown}`,
    );
    assert.ok(value <= to * (1 + HISTOGRAM_ERROR) + BUSY_MACHINE_MS, `too long: ${shown}`);
  };
  for (const percent of ["50", "66", "75", "80", "90", "95", "98", "99"] as const) {
    // The 99th of 99:1 is at a cliff: a few samples that our own machine delayed move it to the other side.
    const [from, to] = [exactPercentile(took, Number(percent)), exactPercentile(took, Number(percent) + 0.5)];
    near(entry.percentilesMs[percent], from, to, `p${percent}`);
  }
  near(entry.meanMs, exactMean(took), exactMean(took), "mean");
}

/** The rows' histograms added up bucket by bucket are the total's. */
function checkMerge({ total, entries }: RunSummary): void {
  const merged = new Map<number, number>();
  for (const { histogram } of entries) {
    histogram.upperBounds.forEach((bound, i) =>
      merged.set(bound, (merged.get(bound) ?? 0) + (histogram.counts[i] ?? 0))
    );
  }
  const buckets = [...merged].sort(([a], [b]) => a - b);
  assert.deepEqual(total.histogram.upperBounds.map((bound, i) => [bound, total.histogram.counts[i]]), buckets);
  const sum = (figure: (entry: SummaryEntry) => number) => entries.reduce((all, entry) => all + figure(entry), 0);
  for (const figure of ["requests", "failures", "untimed", "bytes"] as const) {
    assert.equal(total[figure], sum((entry) => entry[figure]), figure);
  }
}

/** A request that was sent again on a fresh connection is one sample of two requests: only those on a connection that broke. */
function countRepeated({ verdict }: RunSummary): number {
  return Number(/^(\d+) requests? .*sent again/m.exec(verdict.notes.join("\n"))?.[1] ?? 0);
}

/** How processes bring their figures together is the same over every socket: once is enough. */
const PLACES = process.env["LOCUST_SOCKET"] === undefined ? [[], ["--workers", "2"]] : [[]];

for (const client of ["FastHttpUser", "HttpUser"]) {
  for (const workers of PLACES) {
    test(
      `${[client, ...workers].join(" ")}: every figure is that of the server's record and of the list of samples`,
      needs,
      async () => {
        await using server = await openTruthServer(20_26);
        const folder = writeFiles({ "locustfile.ts": locustfile(client) });
        const amount = ["-u", "24", "-r", "100", "-t", "6s", "--stop-timeout", "10"];
        const args = [
          "run",
          "locustfile.ts",
          "-H",
          server.url,
          ...amount,
          "--summary-file",
          "run.json",
          "--only-summary",
        ];
        const result: CliResult = await runCli([...args, ...workers], { cwd: folder, env: { XDG_DATA_HOME: folder } });
        const summary = readSummary(folder);
        const record = await server.record();
        const samples = readSamples(folder);
        const shown = `${result.stdout}\n${result.stderr}`;

        const repeated = countRepeated(summary);
        assert.equal(summary.total.requests, record.length - repeated, shown);
        assert.equal(summary.total.failures, record.filter(({ status }) => status !== 200).length - repeated, shown);
        assert.equal(summary.entries.length, 5);
        for (const entry of summary.entries) {
          const served = record.filter(({ route }) => route === entry.name);
          checkFormulas(entry, samples.get(entry.name) ?? []);
          if (entry.name !== "/resets") {
            assert.equal(entry.requests, served.length, entry.name);
            assert.equal(entry.failures, served.filter(({ status }) => status !== 200).length, entry.name);
            checkAgainstServer(entry, served);
          }
        }
        const kinds = (name: string) => summary.failures.filter((failure) => failure.name === name);
        assert.deepEqual(kinds("/errors").map(({ text }) => /500/.test(text)), [true]);
        assert.ok(kinds("/resets").every(({ text }) => /[Rr]eset/.test(text)), JSON.stringify(kinds("/resets")));
        checkFormulas(summary.total, [...samples.values()].flat());
        checkMerge(summary);
      },
    );
  }
}

/** The values that HdrHistogram's rule adds for a sample that took longer than the planned interval. */
function correct(tookMs: number, expectedMs: number): number[] {
  const values = [tookMs];
  for (let missing = tookMs - expectedMs; missing >= expectedMs; missing -= expectedMs) values.push(missing);
  return values;
}

test(
  "a stall of 3 s of the server shows in the corrected latency of paced users, and hardly in the plain one",
  needs,
  async () => {
    await using server = await openTruthServer(3);
    const folder = writeFiles({
      "locustfile.ts": `
import { constantThroughput, FastHttpUser, task } from "locust-ts";
export class Paced extends FastHttpUser {
  override waitTime = constantThroughput(20);
  @task async visit() { await this.client.get("/constant"); }
}`,
    });
    const args = [
      "run",
      "locustfile.ts",
      "-H",
      server.url,
      "-u",
      "20",
      "-r",
      "100",
      "-t",
      "9s",
      "--stop-timeout",
      "10",
    ];
    const run = startCli([...args, "--summary-file", "run.json", "--only-summary"], { cwd: folder });
    await run.waitFor("All users spawned");
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await server.stall(3000);
    const { stderr } = await run.ended;
    const { total } = readSummary(folder);
    const took = (await server.record()).map(({ tookMs }) => tookMs);
    assert.equal(total.requests, took.length, stderr);
    assert.equal(took.filter((ms) => ms > 2500).length, 20, "each user met the stall once");
    const corrected = took.flatMap((ms) => correct(ms, 50));
    assert.ok((total.percentilesMs["95"] ?? 0) < 500, `p95 ${total.percentilesMs["95"]}`);
    for (const percent of ["50", "90", "95", "99"] as const) {
      const exact = exactPercentile(corrected, Number(percent));
      const value = total.correctedPercentilesMs?.[percent] ?? 0;
      assert.ok(
        Math.abs(value - exact) <= exact * 0.02 + BUSY_MACHINE_MS,
        `corrected p${percent} ${value}, by the record ${exact}`,
      );
    }
    assert.ok((total.correctedPercentilesMs?.["95"] ?? 0) > 2000, JSON.stringify(total.correctedPercentilesMs));
  },
);
