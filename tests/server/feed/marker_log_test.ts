import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ApiMarker } from "../../../src/server/answers/api_snapshot.ts";
import { MarkerLog } from "../../../src/server/feed/marker_log.ts";

const marker = (elapsedMs: number): ApiMarker => ({ elapsedMs, kind: "edit", text: "an edit" });

test("MarkerLog.takeUnsent() gives each marker once", () => {
  const log = new MarkerLog();
  log.add(marker(1));
  log.add(marker(2));
  assert.deepEqual(log.takeUnsent().map(({ elapsedMs }) => elapsedMs), [1, 2]);
  assert.deepEqual(log.takeUnsent(), []);
  assert.equal(log.all.length, 2);
});

test("MarkerLog.all holds the last 2,000 markers", () => {
  const log = new MarkerLog();
  for (let i = 0; i < 2005; i++) log.add(marker(i));
  assert.equal(log.all.length, 2000);
  assert.equal(log.all[0]?.elapsedMs, 5);
});

test("MarkerLog.addScenario() marks where a load begins and is over, by the clock of the scenario", () => {
  const log = new MarkerLog();
  const times = { startMs: 1000.4, overMs: 5000.2, endMs: 5600 };
  log.addScenario({ name: "buy", state: "running", startMs: 1000.4 });
  log.addScenario({ name: "buy", state: "ending", startMs: 1000.4, overMs: 5000.2 });
  log.addScenario({ name: "buy", state: "ended", ...times });
  log.addScenario({ name: "short", state: "ended", startMs: 7000, overMs: 7001, endMs: 7001 });
  assert.deepEqual(log.all, [
    { elapsedMs: 1000, kind: "scenario", text: "buy begins" },
    { elapsedMs: 5000, kind: "scenario", text: "buy is over" },
    { elapsedMs: 7000, kind: "scenario", text: "short begins" },
    { elapsedMs: 7001, kind: "scenario", text: "short is over" },
  ]);
});
