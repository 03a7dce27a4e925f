import assert from "node:assert/strict";
import { test } from "node:test";
import { type CpuReading, cpuUseBetween, limitOf } from "../../../src/cli/calibration/step_cpu.ts";

const reading = (atMs: number, busy: number, idle: number, generatorMs?: number, systemMs?: number): CpuReading => ({
  machine: { busy, idle },
  generatorMs,
  systemMs,
  atMs,
});

test("cpuUseBetween() says in cores who used the time between two readings", () => {
  const use = cpuUseBetween(reading(1000, 500, 9500, 100, 50), reading(3000, 4000, 14_000, 2100, 1050), 4);
  assert.deepEqual(use, { generator: 1, system: 0.5, others: 0.25, all: 1.75 });
});

test("cpuUseBetween() is undefined where a part is unknown or no time has passed", () => {
  assert.equal(cpuUseBetween(reading(0, 0, 0, 0), reading(1000, 1, 1, 5), 2), undefined);
  assert.equal(cpuUseBetween(reading(0, 0, 0, 0, 0), reading(1000, 1, 1, undefined, 5), 2), undefined);
  assert.equal(cpuUseBetween(reading(7, 1, 1, 0, 0), reading(7, 1, 1, 0, 0), 2), undefined);
});

const CASES: readonly [string, Parameters<typeof limitOf>, ReturnType<typeof limitOf>][] = [
  ["a full thread is the limit, whoever else runs", [
    { generator: 1.05, system: 0.6, others: 0.3, all: 1.95 },
    1,
    2,
  ], "generator"],
  ["two threads that get less than two cores, beside a shop on the rest", [
    { generator: 1.2, system: 0.75, others: 0.02, all: 1.97 },
    2,
    2,
  ], "sharedCores"],
  ["a thread that other programs keep from its core", [
    { generator: 0.5, system: 0.3, others: 1.2, all: 2 },
    1,
    2,
  ], "otherProcesses"],
  ["cores are idle and the threads wait", [{ generator: 2.1, system: 1, others: 0.1, all: 3.2 }, 4, 8], "system"],
  ["no readings", [undefined, 1, 2], "unknown"],
];
for (const [sentence, given, expected] of CASES) {
  test(`limitOf(): ${sentence}: ${expected}`, () => assert.equal(limitOf(...given), expected));
}
