/** The data of the scripted run that `fake_web_server.ts` serves. */
import type { SummarySpan } from "../../src/report/summary/summary.ts";
import { NO_RUN } from "../../src/server/answers/api_rows.ts";
import type { ApiRun } from "../../src/server/answers/api_types.ts";

export function readyRun(): ApiRun {
  return { ...NO_RUN, readyWorkers: 2 };
}

/** A wave with a spike, a silent second, and one slow stretch. */
export function spanAt(second: number, users: number): SummarySpan {
  const isSilent = second % 60 === 37;
  const requests = isSilent ? 0 : Math.round(users * (1.1 + 0.15 * Math.sin(second / 7)));
  const p50Ms = 12 + 3 * Math.sin(second / 11) + (second % 90 > 70 ? 14 : 0);
  const time = (factor: number) => isSilent ? null : p50Ms * factor;
  return {
    second,
    seconds: 1,
    users,
    requests,
    failures: second % 23 === 5 ? Math.ceil(requests / 20) : 0,
    bytes: requests * 512,
    p50Ms: time(1),
    p90Ms: time(2.4),
    p95Ms: time(3.1 + Math.sin(second / 3)),
    p99Ms: time(6 + 2 * Math.sin(second / 5)),
    meanMs: time(1.2),
    maxMs: time(9),
    times: isSilent
      ? []
      : [[p50Ms * 700, 20], [p50Ms * 1000, 60], [p50Ms * 1500, 40], [p50Ms * 3000, 9], [p50Ms * 6000, 2]],
  };
}

export const VERDICT = {
  kind: "degraded",
  doubts: [{
    kind: "lateGenerator",
    severity: "degraded",
    sentence: "load2 was busy: its CPU stood at 89 %.",
    advice: "Add a worker, or lower the number of users.",
  }],
  notes: [],
} as const;

export const STOPPING = { waitsFor: [{ workerId: "load1_4f2a", users: 3, atMostMs: 8000 }] };

export const EXCEPTIONS = [{
  message: "TypeError: undefined is not a function",
  where: "Visitor.look",
  stack: "at look (shop.ts:12:9)\nat runTask (locust-ts)",
  count: 3,
  workers: ["load1_4f2a"],
}];

export const RATIO = {
  Visitor: { ratio: 0.75, tasks: { browse: { ratio: 0.8 }, look_around: { ratio: 0.2 } } },
  my_buyer: { ratio: 0.25 },
};

export const LISTING = {
  startedAt: "2026-11-27T09:30:00.000Z",
  endedAt: "2026-11-27T09:35:00.000Z",
  durationSeconds: 300,
  locustfile: "shop.ts",
  host: null,
  users: 80,
  requests: 30_000,
  failures: 12,
  perSecond: 100,
  p50Ms: 11,
  p95Ms: 44,
  verdict: "valid",
  stopReason: "runTime",
  exitCode: 0,
  source: "process",
} as const;
