import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../../src/base/logger.ts";
import { WorkerQuotas } from "../../../src/master/questions/worker_quotas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

test("WorkerQuotas bounds each worker by itself and says at most each 10 s how much it dropped", async () => {
  const clock = new FakeClock();
  const logged: string[] = [];
  const logger = createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => void logged.push(message) });
  const quotas = new WorkerQuotas({ clock, logger });
  const line = { kind: "log", level: "INFO", logger: "u", message: "hello" } as const;
  const send = (id: string, times: number) =>
    Array.from({ length: times }, () => quotas.take(id, line)).filter(Boolean).length;
  assert.deepEqual([send("w1", 10_003), send("w2", 10)], [10_000, 10]);
  quotas.report(() => true);
  assert.equal(logged.length, 1);
  assert.match(logged[0] ?? "", /^Dropped 3 log lines of worker w1: /);
  send("w1", 5);
  await clock.advance(1000);
  quotas.report(() => true);
  assert.equal(logged.length, 1, "not again so soon");
  await clock.advance(9000);
  quotas.report(() => false);
  assert.match(logged[1] ?? "", /^Dropped 5 log lines of worker w1: /);
  quotas.report(() => false);
  assert.equal(send("w1", 20_000), 10_000, "a worker that is gone begins anew");
});
