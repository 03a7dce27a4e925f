import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ExtraTabs } from "../../../../src/cli/run/web/extra_tabs.ts";
import type { RunEvent } from "../../../../src/master/run_event.ts";
import { NOTHING_ADDED } from "../../../../src/server/login/locustfile_web.ts";

const DESCRIPTION = { ...NOTHING_ADDED, tabs: [{ key: "k", title: "K", columns: [] }] };

function createCalls(rows: () => Promise<unknown>) {
  return { description: DESCRIPTION, rows: rows as () => Promise<Record<string, never>> };
}

const tick = { kind: "ticked" } as RunEvent;
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("ExtraTabs: asks once a tick, one question at a time, and once more for the ticks meanwhile", async () => {
  const answers = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
  let asked = 0;
  const calls = createCalls(() => answers[asked++]?.promise ?? Promise.resolve({ k: [{ n: 3 }] }));
  const seen: unknown[] = [];
  const tabs = new ExtraTabs(calls, (rows) => seen.push(rows));
  for (let i = 0; i < 3; i++) tabs.sink(tick);
  assert.equal(asked, 1);
  answers[0]?.resolve({ k: [{ n: 1 }] });
  await settle();
  assert.equal(asked, 2);
  answers[1]?.resolve({ k: [{ n: 2 }] });
  await settle();
  assert.equal(asked, 2);
  assert.deepEqual(seen, [{ k: [{ n: 1 }] }, { k: [{ n: 2 }] }]);
});

test("ExtraTabs: a question that failed is asked again at the next tick", async () => {
  let asked = 0;
  const calls = createCalls(() => {
    asked++;
    return asked === 1 ? Promise.reject(new Error("late")) : Promise.resolve({});
  });
  const seen: unknown[] = [];
  const tabs = new ExtraTabs(calls, (rows) => seen.push(rows));
  tabs.sink(tick);
  await settle();
  assert.deepEqual(seen, []);
  tabs.sink(tick);
  await settle();
  assert.deepEqual(seen, [{}]);
});
