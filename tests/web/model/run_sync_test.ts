import { strict as assert } from "node:assert";
import { test } from "node:test";
import { NO_ROW, NO_RUN } from "../../../src/server/answers/api_rows.ts";
import type { ApiSnapshot } from "../../../src/server/answers/api_snapshot.ts";
import type { ApiRun } from "../../../src/server/answers/api_types.ts";
import { createLiveRun } from "../../../web/model/live_run.ts";
import type { ApiClient } from "../../../web/source/api_client.ts";

function snapshotOf(run: Partial<ApiRun>): ApiSnapshot {
  return {
    run: { ...NO_RUN, ...run },
    tick: 0,
    eventId: 5,
    usersByClass: {},
    total: NO_ROW,
    window: { p50Ms: null, p95Ms: null, p99Ms: null },
    pace: null,
    measures: {},
    rows: [],
    failures: [],
    exceptions: [],
    workers: [],
    thresholds: [],
    markers: [],
    extra: {},
  };
}

/** A live run whose snapshots come when a test sends them. */
function open() {
  const asked: ((snapshot: ApiSnapshot) => void)[] = [];
  const live = createLiveRun({
    snapshot: () => new Promise((resolve) => asked.push(resolve)),
    history: () => Promise.resolve({ history: [] }),
    logs: () => Promise.resolve({ lines: [], dropped: 0 }),
  } as unknown as ApiClient);
  const tellState = (id: number, run: Partial<ApiRun>) =>
    live.onEvent({ name: "state", id: String(id), data: JSON.stringify({ ...NO_RUN, ...run }) });
  const answer = async (run: Partial<ApiRun>) => {
    asked.shift()?.(snapshotOf(run));
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { live, asked, tellState, answer };
}

test("createLiveRun(): a snapshot does not undo a state that came while it was on its way", async () => {
  const { live, asked, tellState, answer } = open();
  void live.catchUp();
  tellState(6, { runId: "r1", state: "stopping" });
  tellState(7, { runId: "r1", state: "stopped", exitCode: 3 });
  await answer({ runId: "r1", state: "running" });
  assert.deepEqual([live.run.value?.state, live.run.value?.exitCode], ["stopped", 3]);
  assert.equal(asked.length, 0);
});

test("createLiveRun(): a snapshot of the run before is asked for again", async () => {
  const { live, asked, tellState, answer } = open();
  void live.catchUp();
  tellState(6, { runId: null, state: "spawning" });
  await answer({ runId: "r1", state: "stopped" });
  assert.deepEqual([live.run.value?.runId, live.run.value?.state], [null, "spawning"]);
  assert.equal(asked.length, 1);
  await answer({ runId: null, state: "spawning" });
  assert.equal(live.run.value?.state, "spawning");
  assert.equal(asked.length, 0);
});
