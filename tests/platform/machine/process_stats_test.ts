import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import {
  createProcessMeter,
  parseProcStat,
  processCpuMs,
  type ProcessSource,
  readMachineTimes,
  readProcessCpuMs,
} from "../../../src/platform/machine/process_stats.ts";

/** A process of which a test says what it has used so far. */
function createSource(cores: number) {
  const now = { atMs: 0, cpuMs: 0, busy: 0, idle: 0 };
  const source: ProcessSource = {
    cpuMs: () => now.cpuMs,
    machine: () => ({ busy: now.busy, idle: now.idle }),
    rssBytes: () => 42,
    cores: () => cores,
  };
  return { now, source, nowMs: () => now.atMs };
}

const table: [sentence: string, cores: number, threads: number, cpuMs: number, expected: number][] = [
  ["one thread that fills its core of eight", 8, 1, 1000, 100],
  ["two threads at half", 8, 2, 1000, 50],
  ["more threads than cores: the cores are the bound", 2, 8, 2000, 100],
  ["an idle process", 4, 4, 0, 0],
  ["more than its threads: main loop and garbage collector count too", 8, 1, 1500, 150],
];
for (const [sentence, cores, threads, cpuMs, expected] of table) {
  test(`ProcessMeter.read() tells the share of the cores it may use: ${sentence}`, () => {
    const { now, source, nowMs } = createSource(cores);
    const meter = createProcessMeter({ threads, nowMs, source });
    Object.assign(now, { atMs: 1000, cpuMs });
    assert.equal(meter.read().cpuPercent, expected);
  });
}

test("ProcessMeter.read() tells the machine's CPU since the last reading", () => {
  const { now, source, nowMs } = createSource(2);
  const meter = createProcessMeter({ threads: 1, nowMs, source });
  Object.assign(now, { atMs: 1000, busy: 75, idle: 25 });
  assert.equal(meter.read().machineCpuPercent, 75);
  Object.assign(now, { atMs: 2000, busy: 75, idle: 125 });
  assert.equal(meter.read().machineCpuPercent, 0);
});

const statTable: [sentence: string, text: string, expected: ReturnType<typeof parseProcStat>][] = [
  [
    "interrupts, packets and stolen time are busy, waiting for a disk is not, guests are in user time already",
    "cpu  1 2 4 100 200 8 16 32 999 999\ncpu0 1 1 1 1 1 1 1 1 0 0\n",
    { busy: 630, idle: 3000 },
  ],
  ["a kernel that knows no stolen time", "cpu  1 2 4 100 200 8 16\n", { busy: 310, idle: 3000 }],
  ["something else", "cpu0 1 2 3 4 5 6 7 8 9 10\n", undefined],
  ["nothing", "", undefined],
];
for (const [sentence, text, expected] of statTable) {
  test(`parseProcStat() sums the times of all cores: ${sentence}`, () =>
    assert.deepEqual(parseProcStat(text), expected));
}

test("ProcessMeter.read() at once after the last reading is 0, not NaN", () => {
  const { source, nowMs } = createSource(2);
  const { cpuPercent, machineCpuPercent } = createProcessMeter({ threads: 1, nowMs, source }).read();
  assert.deepEqual([cpuPercent, machineCpuPercent], [0, 0]);
});

test("createProcessMeter() reads this process", () => {
  const meter = createProcessMeter({ threads: 1, nowMs: () => performance.now() });
  let sum = 0;
  for (let i = 0; i < 5_000_000; i++) sum += Math.sqrt(i);
  const { cpuPercent, rssBytes } = meter.read();
  assert.ok(sum > 0 && cpuPercent > 0);
  assert.ok(rssBytes > 1_000_000);
});

test("readProcessCpuMs() of this process is what it says itself, of one that is not there undefined", () => {
  assert.equal(readProcessCpuMs(2 ** 22 + 1), undefined);
  if (process.platform !== "linux") return;
  const before = processCpuMs();
  const read = readProcessCpuMs(process.pid) ?? NaN;
  assert.ok(read >= before - 20 && read <= processCpuMs() + 20, `${before} ms, read ${read} ms`); // ticks of 10 ms
});

test("readMachineTimes() counts all cores", () => {
  const { busy, idle } = readMachineTimes();
  assert.ok(busy > 0 && idle > 0);
});
