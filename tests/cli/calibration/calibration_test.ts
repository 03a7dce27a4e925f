import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import {
  calibratedRate,
  type Calibration,
  CALIBRATION_SCHEMA,
  calibrationFile,
  parseCalibration,
  readCalibration,
} from "../../../src/cli/calibration/calibration.ts";
import { locustfileOf, planCalibration } from "../../../src/cli/calibration/calibration_steps.ts";
import { formatCalibration } from "../../../src/cli/calibration/calibration_table.ts";
import type { RateLimit } from "../../../src/cli/calibration/step_cpu.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

const MACHINE = { host: "m1", cpu: "Model X", cores: 4, version: "1.0.0", runtime: "Bun 9" };
const rate = (
  threads: number,
  users: number,
  perSecond: number,
  client: "FastHttpUser" | "HttpUser" = "FastHttpUser",
  limitedBy: RateLimit = "generator",
) => ({
  client,
  threads,
  users,
  perSecond,
  p99Ms: 1.5,
  generatorCores: threads * 1.25,
  limitedBy,
});
const CALIBRATION: Calibration = {
  schema: CALIBRATION_SCHEMA,
  machine: MACHINE,
  measuredAt: "2026-11-28T09:30:00.000Z",
  rates: [rate(1, 50, 30_000), rate(1, 50, 20_000, "HttpUser"), rate(4, 200, 90_000), rate(4, 2000, 81_000)],
  bytesPerUser: 3200,
  timerErrorP99Ms: 1.25,
};

test("calibratedRate() takes the best of so many threads, grows between them and is silent beyond", () => {
  assert.equal(calibratedRate(CALIBRATION, 1), 30_000);
  assert.equal(calibratedRate(CALIBRATION, 2), 50_000);
  assert.equal(calibratedRate(CALIBRATION, 4), 90_000);
  assert.equal(calibratedRate(CALIBRATION, 5), undefined);
});

test("calibratedRate() leaves out what something else than the generator limited", () => {
  const rates = [
    rate(1, 50, 30_000),
    rate(2, 100, 40_000, "FastHttpUser", "sharedCores"),
    rate(1, 500, 35_000, "FastHttpUser", "otherProcesses"),
  ];
  assert.equal(calibratedRate({ ...CALIBRATION, rates }, 1), 30_000);
  assert.equal(calibratedRate({ ...CALIBRATION, rates }, 2), undefined);
  assert.equal(calibratedRate({ ...CALIBRATION, rates: rates.slice(1) }, 1), undefined);
});

test("readCalibration() ignores what is corrupt or of another machine or version, and says so", () => {
  const path = calibrationFile({ XDG_CACHE_HOME: makeKeptFolder() });
  assert.equal(readCalibration(path, MACHINE), undefined, "no file is no reason to say anything");
  mkdirSync(dirname(path), { recursive: true });
  const read = (text: string) => {
    writeFileSync(path, text);
    const found = readCalibration(path, MACHINE);
    return found !== undefined && "ignored" in found ? found.ignored.replace(path, "FILE") : found;
  };
  const ignored = (why: string) => `The calibration in "FILE" is ignored: ${why}; run "locust-ts calibrate" again`;
  const of = (machine: Partial<typeof MACHINE>) =>
    read(JSON.stringify({ ...CALIBRATION, machine: { ...MACHINE, ...machine } }));
  assert.deepEqual(read(JSON.stringify(CALIBRATION)), CALIBRATION);
  assert.equal(read('{"schema": "locust-ts/calib'), ignored("it cannot be read"));
  assert.equal(of({ cores: 8 }), ignored("it is of another machine"));
  assert.equal(of({ version: "0.9.0" }), ignored("it is of another version"));
});

test("parseCalibration() takes nothing that only looks like one", () => {
  for (const text of ["null", "[]", "7", "{}", JSON.stringify({ ...CALIBRATION, schema: "locust-ts/calibration/1" })]) {
    assert.equal(parseCalibration(text), undefined, text);
  }
  assert.equal(parseCalibration(JSON.stringify({ ...CALIBRATION, rates: [rate(0, 1, 5)] })), undefined);
  assert.equal(parseCalibration(JSON.stringify({ ...CALIBRATION, rates: [{}] })), undefined);
});

test("planCalibration() fills the time, has no step twice and keeps below the limit of open files", () => {
  const steps = planCalibration({ seconds: 25, cores: 2, files: 20_000 });
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0);
  assert.ok(total > 15 && total < 30, `${total} s`);
  assert.equal(new Set(steps.map(({ name }) => name)).size, steps.length);
  assert.equal(
    planCalibration({ seconds: 25, cores: 1, files: 20_000 }).filter(({ threads }) => threads !== 1).length,
    0,
  );
  assert.ok(planCalibration({ seconds: 25, cores: 2, files: 1024 }).every(({ users }) => users <= 512));
  assert.match(locustfileOf(steps[1]!), /class Calibrator extends HttpUser/);
});

test("planCalibration() lets waiting users run for as long as a report of a whole wait takes, however short the calibration is", () => {
  const steps = planCalibration({ seconds: 10, cores: 2, files: 20_000 });
  assert.deepEqual(new Set(steps.map(({ load, seconds }) => `${load} ${seconds}`)), new Set(["full 2", "idle 4"]));
  const long = planCalibration({ seconds: 70, cores: 2, files: 20_000 });
  assert.deepEqual(new Set(long.map(({ seconds }) => seconds)), new Set([9]));
});

test("formatCalibration() is a table with what follows from it", () => {
  const text = formatCalibration(CALIBRATION, "/cache/calibration.json");
  assert.match(text, /^FastHttpUser +4 +2,000 +81,000 +16,200 +1\.5 +the generator$/m);
  assert.match(
    text,
    /^At best 90,000 requests\/s where the generator was the limit; the verdict compares runs of up to 4 threads with it$/m,
  );
  assert.match(text, /With 2,000 users instead of 200: 90 % of the rate/);
  assert.match(text, /connection: 3\.2 KB/);
});

test("formatCalibration() says what limited the rates where it was not the generator", () => {
  const rates = [
    rate(1, 50, 9000, "FastHttpUser", "otherProcesses"),
    { ...rate(4, 200, 12_000, "FastHttpUser", "sharedCores"), generatorCores: null },
  ];
  const text = formatCalibration({ ...CALIBRATION, rates }, "/cache/calibration.json");
  assert.match(text, /^In no step was the generator the limit: the verdict compares no run with these rates$/m);
  assert.match(text, /^Other processes took a part of the cores: calibrate again/m);
  assert.match(text, /^The demo shop needs cores too: of 4 it left too few for more threads to be measured$/m);
  assert.match(text, /^FastHttpUser +4 +200 +12,000 +1\.5 +cores shared with the shop$/m);
});
