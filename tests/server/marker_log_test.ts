import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ApiMarker } from "../../src/server/api_snapshot.ts";
import { MarkerLog } from "../../src/server/marker_log.ts";

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
