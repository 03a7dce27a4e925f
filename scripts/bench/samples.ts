/**
 * Measures a line of `--samples`, in nanoseconds of processor time per request: in the thread that records it, in the worker that merges
 * the threads' lines, and in the master that writes them to a file. Medians of five rounds: `bun scripts/bench/samples.ts`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import process from "node:process";
import { systemClock } from "../../src/base/clock.ts";
import type { SampleBatch, SampleFormat } from "../../src/protocol/delta_message.ts";
import { openSamplesFile } from "../../src/report/samples_file.ts";
import { Recorder } from "../../src/stats/recording/recorder.ts";
import { SampleStore } from "../../src/stats/recording/sample_lines.ts";

const SAMPLES = 400_000;
/** A second of a busy thread; its lines stay below what a thread keeps. */
const DRAIN_EVERY = 20_000;
const ROUNDS = 5;
const NAMES = 50;

function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Nanoseconds per request, and the batches that came of it. */
function record(samples: SampleFormat | undefined): { readonly ns: number; readonly batches: readonly SampleBatch[] } {
  const recorder = new Recorder({ clock: systemClock, samples });
  const entries = Array.from({ length: NAMES }, (_, i) => recorder.entry("GET", `/items/${i}`));
  const batches: SampleBatch[] = [];
  const before = cpuNs();
  for (let i = 0; i < SAMPLES; i++) {
    recorder.record(entries[i % NAMES]!, 1 + (i % 977) / 10, 512, undefined, 0, i / 1000, 200);
    if (i % DRAIN_EVERY !== DRAIN_EVERY - 1) continue;
    const batch = recorder.drain()?.samples;
    if (batch !== undefined) batches.push(batch);
  }
  return { ns: (cpuNs() - before) / SAMPLES, batches };
}

function merge(batches: readonly SampleBatch[]): number {
  const store = new SampleStore();
  const before = cpuNs();
  for (const [i, batch] of batches.entries()) {
    store.add(batch);
    if (i % 2 === 1) store.take();
  }
  return (cpuNs() - before) / SAMPLES;
}

async function write(batches: readonly SampleBatch[], folder: string): Promise<number> {
  const fail = (message: string) => {
    throw new Error(message);
  };
  const output = await openSamplesFile({ path: join(folder, "all.csv"), traces: "none" }, {
    claim: () => {},
    reportError: fail,
    warn: fail,
  });
  const before = cpuNs();
  for (const batch of batches) output.sink({ kind: "sampled", batch });
  await output.settle?.(new AbortController().signal);
  const ns = (cpuNs() - before) / SAMPLES;
  await output.close();
  return ns;
}

function median(values: number[]): string {
  return (values.sort((a, b) => a - b)[values.length >> 1] ?? NaN).toFixed(0).padStart(5);
}

const folder = mkdtempSync(join(os.tmpdir(), "samples-"));
try {
  const rounds: Record<string, number[]> = {};
  const note = (name: string, ns: number) => (rounds[name] ??= []).push(ns);
  for (let round = 0; round <= ROUNDS; round++) {
    const [none, csv, ndjson] = [record(undefined), record("csv"), record("ndjson")];
    if (csv.batches.some(({ dropped }) => dropped > 0)) throw new Error("lines were dropped: drain more often");
    const [merged, written] = [merge(csv.batches), await write(csv.batches, folder)];
    if (round === 0) continue; // the code gets compiled
    note("record, no --samples", none.ns);
    note("record, CSV", csv.ns);
    note("record, NDJSON", ndjson.ns);
    note("merge in the worker", merged);
    note("write to the file", written);
  }
  for (const [name, values] of Object.entries(rounds)) console.log(`${name.padEnd(24)} ${median(values)} ns/request`);
} finally {
  rmSync(folder, { recursive: true });
}
