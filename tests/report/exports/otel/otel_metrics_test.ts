import assert from "node:assert/strict";
import { test } from "node:test";
import { resourceFromAttributes } from "@opentelemetry/resources";
import type { RunEvent } from "../../../../src/master/run_event.ts";
import { foldExportedRun, NO_EXPORTED_RUN } from "../../../../src/report/exports/exported_run.ts";
import { toResourceMetrics } from "../../../../src/report/exports/otel/otel_metrics.ts";
import { classArrivals } from "../../../support/class_arrivals.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { ended } = await recordRun();
const started: RunEvent = {
  kind: "runStarted",
  runId: "r",
  wallMs: 0,
  version: "0.1.0",
  locustfile: "shop.ts",
  userClasses: ["Buyer"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
};

function metricsOf(arrivals: ReturnType<typeof classArrivals>[] | undefined) {
  const snapshot = { ...ended.snapshot, ...(arrivals === undefined ? {} : { classArrivals: arrivals }) };
  const run = [started, { ...ended, snapshot }].reduce(foldExportedRun, NO_EXPORTED_RUN);
  const [scope] = toResourceMetrics(run, resourceFromAttributes({}))?.scopeMetrics ?? [];
  return new Map(scope?.metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints]));
}

test("toResourceMetrics() has arrivals by class, and none where there are none", () => {
  const metrics = metricsOf([classArrivals({ asked: 20, started: 17, dropped: 1, waiting: 2, late: 4 })]);
  const values = ["asked", "started", "dropped", "late", "waiting"].map((name) => {
    const [point, ...others] = metrics.get(`locust.arrivals.${name}`) ?? [];
    assert.deepEqual([point?.attributes, others], [{ user_class: "Buyer", kind: "arrivals" }, []]);
    return point?.value;
  });
  assert.deepEqual(values, [20, 17, 1, 4, 2]);
  assert.deepEqual([...metricsOf(undefined).keys()].filter((name) => name.startsWith("locust.arrivals")), []);
});
