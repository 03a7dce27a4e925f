import assert from "node:assert/strict";
import { test } from "node:test";
import { type Friction, NO_FRICTION, type WorkerHealth } from "../../../src/protocol/health_message.ts";
import type { RunEvidence, WorkerEvidence } from "../../../src/stats/verdict/evidence.ts";
import { HealthMonitor } from "../../../src/stats/verdict/health_monitor.ts";
import { NO_LOCAL_ADDRESS, TOO_MANY_FILES } from "../../../src/stats/groups/own_failures.ts";
import { decideVerdict } from "../../../src/stats/verdict/verdict.ts";

const NEVER = { seconds: 0, of: 60, worst: 1 };
const WORKER: WorkerEvidence = {
  id: "w1",
  loopLate: NEVER,
  startsLate: NEVER,
  cpuFull: NEVER,
  gcPauses: NEVER,
  blocked: { ...NEVER, worst: 0, doing: "" },
  throttled: { ...NEVER, worst: 0 },
  friction: NO_FRICTION,
  limits: {},
  work: undefined,
};
const GB = 2 ** 30;
/** A worker with 10,000 requests in which something held some of them back. */
const held = (friction: Partial<Friction>): WorkerEvidence => ({
  ...WORKER,
  friction: { ...NO_FRICTION, ...friction },
  work: { threads: 1, requests: 10_000, meanMs: 10, userSeconds: { A: 500 } },
});
/** Workers of two threads with so many requests in 600 user seconds, and their means. */
const peers = (...figures: [requests: number, meanMs: number, userSeconds?: Record<string, number>][]) =>
  figures.map(([requests, meanMs, userSeconds = { A: 600 }], i): WorkerEvidence => ({
    ...WORKER,
    id: `w${i + 1}`,
    work: { threads: 2, requests, meanMs, userSeconds },
  }));
const own = (ownFailures: Record<string, number>) => ({ ownFailures });
const NO_ARRIVALS = { asked: 0, started: 0, dropped: 0, late: 0 };
const ENDED = { retries: 0, abandoned: 0, failedStarts: 0, lostUsers: 0, quitUsers: 0 };
const OVERFLOWED = { overflowedRequests: 0, overflowedFailures: 0, overflowedMeasures: 0 };
const COUNTS = { ...ENDED, ...OVERFLOWED, arrivals: NO_ARRIVALS, exceptions: 0 };
const HEALTHY: RunEvidence = {
  requests: 1000,
  failures: 10,
  bytes: 50_000,
  users: { target: 50, wanted: 50, reached: 50, endedBy: "plan" },
  starting: [],
  workers: [WORKER],
  hung: [],
  absent: [],
  masterLate: NEVER,
  counts: COUNTS,
  ownFailures: {},
  thinPercentiles: [],
  failedListeners: 0,
  incidents: [],
  resumedAfterMs: undefined,
  skippedDeltas: 0,
};
const NOTHING = { total: { requests: 0, failures: 0, bytes: 0 }, workers: [], failures: [] };
const HUNG = { workerId: "w1", thread: 1, doing: "Shopper.order", silentMs: 12_000, now: "hung" } as const;
const LOST = { id: "w1", users: 25, kind: "lost", awayMs: 7000, numbers: "undelivered" } as const;

const CASES: [sentence: string, changes: Partial<RunEvidence>, kind: string, doubts: string[]][] = [
  ["a healthy run", {}, "valid", []],
  ["a healthy run of one second", { workers: [{ ...WORKER, loopLate: { seconds: 0, of: 1, worst: 3 } }] }, "valid", []],
  ["a run that has seen no second of its worker yet", { workers: [] }, "valid", []],
  [
    "a throttled second in sixty",
    { workers: [{ ...WORKER, throttled: { seconds: 1, of: 60, worst: 90 } }] },
    "valid",
    [],
  ],
  [
    "the CPU quota was used up in a sixth of the run",
    { workers: [{ ...WORKER, throttled: { seconds: 10, of: 60, worst: 300 } }] },
    "degraded",
    ["cpu-throttled"],
  ],
  [
    "half of the memory in use",
    { workers: [{ ...WORKER, limits: { memory: { used: GB / 2, limit: GB, of: "cgroup" } } }] },
    "valid",
    [],
  ],
  [
    "nine tenths of the memory in use",
    { workers: [{ ...WORKER, limits: { memory: { used: 0.92 * GB, limit: GB, of: "machine" } } }] },
    "degraded",
    ["memory-near-limit"],
  ],
  [
    "nearly all file descriptors in use",
    { workers: [{ ...WORKER, limits: { files: { used: 950, limit: 1024 } } }] },
    "degraded",
    ["files-exhausted"],
  ],
  ["a few connections without a file descriptor", own({ [TOO_MANY_FILES]: 10 }), "degraded", ["files-exhausted"]],
  ["nearly every connection without one", own({ [TOO_MANY_FILES]: 900 }), "invalid", ["files-exhausted"]],
  [
    "nearly all local ports in use",
    { workers: [{ ...WORKER, limits: { ports: { used: 28_000, limit: 28_232 } } }] },
    "degraded",
    ["ports-exhausted"],
  ],
  ["connections without a local port", own({ [NO_LOCAL_ADDRESS]: 10 }), "degraded", ["ports-exhausted"]],
  ["one look-up in a thousand was slow", { workers: [held({ slowLookUps: 10, lookUpMs: 300 })] }, "valid", []],
  ["look-ups were slow for many", { workers: [held({ slowLookUps: 200, lookUpMs: 300 })] }, "degraded", [
    "lookups-slow",
  ]],
  ["a look-up ran into a timeout", { workers: [held({ slowLookUps: 1, lookUpMs: 5000 })] }, "degraded", [
    "lookups-slow",
  ]],
  ["one request in a thousand waited for a connection", { workers: [held({ queued: 10, queuedMs: 50 })] }, "valid", []],
  [
    "a third of the requests waited for a connection",
    { workers: [held({ queued: 3000, queuedMs: 50 })] },
    "degraded",
    ["concurrency-limit"],
  ],
  [
    "paced users missed one start in a hundred",
    { workers: [held({ pacedStarts: 990, pacedAsked: 1000 })] },
    "valid",
    [],
  ],
  [
    "paced users missed a fifth of their starts",
    { workers: [held({ pacedStarts: 800, pacedAsked: 1000 })] },
    "degraded",
    ["rate-below-asked"],
  ],
  ["a clock in steps of 1 ms", { workers: [held({ clockStepMs: 1 })] }, "degraded", ["clock-coarse"]],
  [
    "a threshold on too few samples",
    { thinPercentiles: [{ expression: "p99<300", statistic: "p99", samples: 120, needed: 500 }] },
    "degraded",
    ["too-few-samples"],
  ],
  [
    "nearly as fast as the calibration",
    { workers: [{ ...WORKER, speed: { perSecond: 9500, calibratedPerSecond: 10_000 } }] },
    "degraded",
    ["near-calibration"],
  ],
  ["workers alike", { workers: peers([6000, 10], [6100, 10.2], [5900, 9.9]) }, "valid", []],
  ["one worker of two is slower", { workers: peers([6000, 10], [2000, 30]) }, "valid", []],
  ["one worker has another rate", { workers: peers([6000, 10], [6100, 10], [2000, 10]) }, "degraded", [
    "worker-unlike",
  ]],
  ["one worker has another latency", { workers: peers([6000, 10], [6100, 11], [6000, 30]) }, "degraded", [
    "worker-unlike",
  ]],
  ["three workers spread evenly", { workers: peers([6000, 10], [6000, 20], [6000, 30]) }, "valid", []],
  [
    "one worker has other user classes",
    { workers: peers([6000, 10, { A: 600 }], [6100, 10, { A: 600 }], [2000, 30, { B: 600 }]) },
    "valid",
    [],
  ],
  [
    "one second in sixty was late by 80 ms",
    { workers: [{ ...WORKER, loopLate: { seconds: 1, of: 60, worst: 80 } }] },
    "valid",
    [],
  ],
  [
    "a single pause of 300 ms",
    { workers: [{ ...WORKER, loopLate: { seconds: 1, of: 60, worst: 300 } }] },
    "degraded",
    ["loop-late"],
  ],
  [
    "the loop was late in a tenth of the run",
    { workers: [{ ...WORKER, loopLate: { seconds: 6, of: 60, worst: 80 } }] },
    "degraded",
    ["loop-late"],
  ],
  [
    "the loop stood still for seconds, again and again",
    { workers: [{ ...WORKER, loopLate: { seconds: 30, of: 60, worst: 2500 } }] },
    "invalid",
    ["loop-late"],
  ],
  [
    "users woke late",
    { workers: [{ ...WORKER, startsLate: { seconds: 30, of: 60, worst: 120 } }] },
    "degraded",
    ["starts-late"],
  ],
  [
    "the CPU was full in a tenth",
    { workers: [{ ...WORKER, cpuFull: { seconds: 6, of: 60, worst: 99 } }] },
    "valid",
    [],
  ],
  [
    "the CPU was full in half of the run",
    { workers: [{ ...WORKER, cpuFull: { seconds: 30, of: 60, worst: 99 } }] },
    "degraded",
    ["cpu-full"],
  ],
  [
    "ended by hand before the ramp was over",
    { users: { target: 50, wanted: 50, reached: 3, endedBy: "hand" } },
    "degraded",
    ["users-missing"],
  ],
  ["most of the users ran", { users: { target: 50, wanted: 50, reached: 49, endedBy: "plan" } }, "degraded", [
    "users-missing",
  ]],
  ["less than half of the users ran", { users: { target: 50, wanted: 50, reached: 24, endedBy: "plan" } }, "invalid", [
    "users-missing",
  ]],
  [
    "the run was planned shorter than its ramp",
    { users: { target: 50, wanted: 3, reached: 3, endedBy: "plan" } },
    "degraded",
    ["users-missing"],
  ],
  [
    "users that end after a number of iterations",
    { users: { target: 50, wanted: 50, reached: 3, endedBy: "plan", areLimited: true } },
    "valid",
    [],
  ],
  ["exactly half of the users ran", { users: { target: 50, wanted: 50, reached: 25, endedBy: "plan" } }, "degraded", [
    "users-missing",
  ]],
  [
    "a failure ended it in mid-run",
    { users: { target: 50, wanted: 50, reached: 50, endedBy: "failure" } },
    "degraded",
    ["run-broken"],
  ],
  [
    "a failure ended it before anything was counted",
    { requests: 0, users: { target: 0, wanted: 0, reached: 0, endedBy: "failure" } },
    "invalid",
    ["run-broken"],
  ],
  [
    "more users ran than asked for at the end",
    { users: { target: 50, wanted: 50, reached: 80, endedBy: "plan" } },
    "valid",
    [],
  ],
  ["a thread hung until the end", { hung: [HUNG] }, "invalid", ["thread-hung"]],
  ["a thread hung and recovered", { hung: [{ ...HUNG, now: "recovered" }] }, "degraded", ["thread-hung"]],
  [
    "one of two workers was lost with its numbers",
    { absent: [LOST], workers: [WORKER, { ...WORKER, id: "w2" }] },
    "degraded",
    ["numbers-missing"],
  ],
  [
    "one of two workers left in order",
    { absent: [{ ...LOST, numbers: "complete" }], workers: [WORKER, { ...WORKER, id: "w2" }] },
    "degraded",
    ["worker-lost"],
  ],
  ["reports are missing in the journal", { skippedDeltas: 2 }, "degraded", ["journal-incomplete"]],
  ["all workers were lost", { absent: [LOST] }, "invalid", ["workers-gone", "numbers-missing"]],
  [
    "a worker was away and came back",
    { absent: [{ ...LOST, kind: "returned", numbers: "complete" }] },
    "degraded",
    ["worker-away"],
  ],
  ["the master was late", { masterLate: { seconds: 10, of: 60, worst: 200 } }, "degraded", ["master-late"]],
  ["nothing was counted", { requests: 0, failures: 0, bytes: 0 }, "invalid", ["nothing-counted"]],
  ["every request failed without an answer", { failures: 1000, bytes: 0 }, "degraded", ["nothing-answered"]],
  ["every request failed, with pages that say why", { failures: 1000 }, "valid", []],
  ["answers without bodies", { failures: 0, bytes: 0 }, "valid", []],
  ["names overflowed", { counts: { ...COUNTS, overflowedRequests: 7 } }, "degraded", ["names-overflowed"]],
  ["failures overflowed", { counts: { ...COUNTS, overflowedFailures: 7 } }, "degraded", ["failures-overflowed"]],
  ["requests were abandoned", { counts: { ...COUNTS, abandoned: 3 } }, "degraded", ["requests-abandoned"]],
  ["users failed to start", { counts: { ...COUNTS, failedStarts: 3 } }, "degraded", ["starts-failed"]],
  ["exceptions ended users", { counts: { ...COUNTS, lostUsers: 3 } }, "degraded", ["users-lost"]],
  ["exceptions ended half of the users", { counts: { ...COUNTS, lostUsers: 25 } }, "invalid", ["users-lost"]],
  ["users ended themselves", { counts: { ...COUNTS, quitUsers: 50 } }, "valid", []],
  ["a listener failed", { failedListeners: 1 }, "degraded", ["listeners-failed"]],
  [
    "what invalidates comes first",
    { counts: { ...COUNTS, abandoned: 3 }, hung: [{ ...HUNG, now: "recovered" }, HUNG] },
    "invalid",
    ["thread-hung", "thread-hung", "requests-abandoned"],
  ],
];

for (const [sentence, changes, kind, doubts] of CASES) {
  test(`decideVerdict(): ${sentence}: ${kind}`, () => {
    const verdict = decideVerdict({ ...HEALTHY, ...changes });
    assert.equal(verdict.kind, kind);
    assert.deepEqual(verdict.doubts.map((doubt) => doubt.kind), doubts);
    for (const doubt of verdict.doubts) {
      assert.match(doubt.sentence, /\d/, "a sentence without a figure");
      assert.match(doubt.advice, /\w{3}/);
    }
  });
}

const MOMENT = { requests: 0 };
const DID = { threads: 1, requests: 10 };
const HEALTH: WorkerHealth = {
  cpuPercent: 10,
  machineCpuPercent: 20,
  rssBytes: 1,
  loopLagP99Ms: 1,
  latenessP99Ms: 1,
  hung: [],
};

test("decideVerdict(): retries are told and raise no doubt", () => {
  const { kind, doubts, notes } = decideVerdict({ ...HEALTHY, counts: { ...COUNTS, retries: 3 } });
  assert.deepEqual([kind, doubts], ["valid", []]);
  assert.match(notes?.join() ?? "", /^3 requests were sent again/);
  assert.equal("notes" in decideVerdict(HEALTHY), false);
});

test("decideVerdict() notes how near a run was to what its machine reached", () => {
  const speed = (perSecond: number) =>
    decideVerdict({
      ...HEALTHY,
      workers: [{ ...WORKER, speed: { perSecond, calibratedPerSecond: 10_000 } }],
    });
  assert.deepEqual(speed(8300).notes, ['w1 ran at 83 % of what "locust-ts calibrate" reached on its machine']);
  assert.equal(speed(8300).kind, "valid");
  assert.equal(speed(300).notes, undefined);
});

test("HealthMonitor keeps the nearest limits, the sums of friction and the fastest five seconds of a worker", () => {
  const monitor = new HealthMonitor();
  const beat = (second: number, requests: number, files: number) =>
    monitor.observeWorker("w1", {
      ...HEALTH,
      friction: { ...NO_FRICTION, queued: 2, queuedMs: second },
      limits: { files: { used: files, limit: 100 }, throttled: { periods: 10, throttledPeriods: second % 2, ms: 30 } },
      calibratedPerSecond: 1000,
    }, { requests });
  [0, 100, 200, 300, 400, 500, 1000, 1050].forEach((requests, i) => beat(i, requests, i === 3 ? 95 : 10));
  monitor.observeUsersOf("w1", { A: 10 }, 1000);
  monitor.observeUsersOf("w1", { A: 20 }, 5500);
  monitor.observeUsersOf("w1", {}, 8000);
  monitor.observeUsersOf("w1", { A: 1 }, 9000);
  const [worker] = monitor.evidence(
    { ...NOTHING, workers: [{ id: "w1", threads: 2, requests: 1050 }] },
    { counts: COUNTS, meanMsOf: () => 12 },
  ).workers;
  assert.deepEqual(worker?.limits.files, { used: 95, limit: 100 });
  assert.deepEqual([worker?.friction.queued, worker?.friction.queuedMs], [16, 7]);
  assert.deepEqual(worker?.speed, { perSecond: 180, calibratedPerSecond: 1000 });
  assert.deepEqual(worker?.throttled, { seconds: 4, of: 8, worst: 30 });
  assert.deepEqual(worker?.work, { threads: 2, requests: 1050, meanMs: 12, userSeconds: { A: 95 } });
});

test("HealthMonitor counts failures of the generator by the clients' own texts", () => {
  const failures = [{ text: TOO_MANY_FILES, count: 3 }, { text: "ConnectionRefused", count: 9 }];
  const { ownFailures } = new HealthMonitor().evidence({ ...NOTHING, failures }, { counts: COUNTS });
  assert.deepEqual(ownFailures, { [TOO_MANY_FILES]: 3, [NO_LOCAL_ADDRESS]: 0 });
});

test("decideVerdict(): what workers got over is told and raises no doubt", () => {
  const workers = [
    { id: "w1", ...DID, incidents: ["2 links broke", "silent for 3 s"] },
    { id: "w2", ...DID },
    { id: "local", ...DID, incidents: ["hung for 8 s"] },
  ];
  const { incidents } = new HealthMonitor().evidence({ ...NOTHING, workers }, { counts: COUNTS });
  const { kind, notes } = decideVerdict({ ...HEALTHY, incidents });
  assert.deepEqual([kind, notes], ["valid", ["Worker w1: 2 links broke, silent for 3 s"]]);
});

test("decideVerdict(): a resumed run says so", () => {
  const monitor = new HealthMonitor();
  const absent = { id: "w1", users: 5, kind: "returned", awayMs: 7000, numbers: "complete" } as const;
  monitor.observeResume({ awayMs: 2400, usersReached: 20, absent: [absent] });
  const { resumedAfterMs, users, absent: told } = monitor.evidence(NOTHING, { counts: COUNTS });
  assert.deepEqual([users.reached, told], [20, [absent]]);
  assert.deepEqual(decideVerdict({ ...HEALTHY, resumedAfterMs }).notes, [
    "The run was resumed 2.4 s after the journal of its earlier master ended",
  ]);
});

test("HealthMonitor counts seconds per worker and keeps the worst", () => {
  const monitor = new HealthMonitor();
  monitor.observeWorker("w1", HEALTH, MOMENT);
  monitor.observeWorker("w1", { ...HEALTH, loopLagP99Ms: 70, machineCpuPercent: 95 }, MOMENT);
  monitor.observeWorker("w2", { ...HEALTH, latenessP99Ms: 51 }, MOMENT);
  const { workers } = monitor.evidence(NOTHING, { counts: COUNTS });
  const seconds = workers.map(({ id, loopLate, startsLate, cpuFull }) => ({ id, loopLate, startsLate, cpuFull }));
  assert.deepEqual(seconds, [
    {
      id: "w1",
      loopLate: { seconds: 1, of: 2, worst: 70 },
      startsLate: { seconds: 0, of: 2, worst: 1 },
      cpuFull: { seconds: 1, of: 2, worst: 95 },
    },
    {
      id: "w2",
      loopLate: { seconds: 0, of: 1, worst: 1 },
      startsLate: { seconds: 1, of: 1, worst: 51 },
      cpuFull: { seconds: 0, of: 1, worst: 20 },
    },
  ]);
});

test("HealthMonitor: a hung thread that answers again has recovered, with its longest silence and what it then says it hung in", () => {
  const monitor = new HealthMonitor();
  const hung = (silentMs: number) => ({ ...HEALTH, hung: [{ thread: 1, silentMs, doing: "A.t" }] });
  monitor.observeWorker("w1", hung(2000), MOMENT);
  monitor.observeWorker("w1", hung(9000), MOMENT);
  monitor.observeWorker("w2", HEALTH, MOMENT);
  assert.equal(monitor.evidence(NOTHING, { counts: COUNTS }).hung[0]?.now, "hung");
  monitor.observeWorker("w1", HEALTH, MOMENT);
  const recovered = { workerId: "w1", thread: 1, doing: "A.t", silentMs: 9000, now: "recovered" };
  assert.deepEqual(monitor.evidence(NOTHING, { counts: COUNTS }).hung, [recovered]);
  const stood = [{ thread: 1, doing: "B.t" }, { thread: 2, doing: "C.t" }];
  monitor.observeWorker("w2", { ...HEALTH, stood }, MOMENT);
  monitor.observeWorker("w1", { ...HEALTH, stood }, MOMENT);
  assert.deepEqual(monitor.evidence(NOTHING, { counts: COUNTS }).hung, [{ ...recovered, doing: "B.t" }]);
});

test("HealthMonitor keeps the highest target and the highest number of users", () => {
  const monitor = new HealthMonitor();
  monitor.observeUsers(5, { wanted: 6, target: 50 });
  monitor.observeUsers(50, { wanted: 50, target: 50 });
  monitor.observeUsers(0, { wanted: 0, target: 0 });
  assert.deepEqual(monitor.evidence(NOTHING, { counts: COUNTS }).users, {
    target: 50,
    wanted: 50,
    reached: 50,
    endedBy: "plan",
  });
});

test("decideVerdict() calls classes that take fewer users than were asked for by their fixed counts, not a failed ramp", () => {
  const monitor = new HealthMonitor();
  monitor.observeUsers(0, { wanted: 10, target: 10 });
  monitor.observeRamped(2, { wanted: 10, target: 10 });
  const { kind: verdict, doubts } = decideVerdict(monitor.evidence(NOTHING, { counts: COUNTS }));
  assert.equal(verdict, "invalid"); // nothing was counted
  assert.ok(doubts.some(({ sentence }) => sentence.startsWith("The user classes took 2 of 10 users: ")));
  assert.ok(!doubts.some(({ kind }) => kind === "users-missing"));
});

const NOTHING_COUNTED: [sentence: string, changes: Partial<RunEvidence>, cause: RegExp][] = [
  ["no user was asked for", { users: { target: 0, wanted: 0, reached: 0, endedBy: "plan" } }, /asked for 0 users$/],
  ["no scenario had begun", { noScenarioBegan: true, plannedArrivals: 0 }, /the run ended before a scenario began$/],
  [
    "no user was there before the end",
    { users: { target: 5, wanted: 1, reached: 0, endedBy: "hand" } },
    /none of 5 users was running before the end$/,
  ],
  [
    "onStart never ended",
    { starting: [{ userClass: "V", users: 3, longestMs: 10_000 }] },
    /onStart of V has not ended for 10 s in 3 users$/,
  ],
  ["onStart was seen once", { starting: [{ userClass: "V", users: 1, longestMs: 20 }] }, /V has not ended in 1 user$/],
  [
    "every request was still in flight",
    { counts: { ...COUNTS, abandoned: 4 } },
    /4 requests were sent and none had ended/,
  ],
  ["every task threw", { counts: { ...COUNTS, exceptions: 9 } }, /50 users ran into 9 exceptions$/],
  ["tasks without requests", {}, /50 users ran and no task sent a request$/],
];

test("decideVerdict() has nothing to doubt in a run that user code ended before there was any load", () => {
  const users = { target: 5, wanted: 0, reached: 0, endedBy: "hand" } as const;
  const { kind } = decideVerdict({ ...HEALTHY, requests: 0, failures: 0, bytes: 0, users });
  assert.notEqual(kind, "invalid");
});

for (const [sentence, changes, cause] of NOTHING_COUNTED) {
  test(`decideVerdict(): a run that counted nothing is invalid and says why: ${sentence}`, () => {
    const { kind, doubts } = decideVerdict({ ...HEALTHY, requests: 0, failures: 0, bytes: 0, ...changes });
    assert.equal(kind, "invalid");
    assert.match(doubts.find((doubt) => doubt.kind === "nothing-counted")?.sentence ?? "", cause);
  });
}

test("HealthMonitor sums the users that are in onStart over workers, as they were last seen", () => {
  const monitor = new HealthMonitor();
  const starting = (users: number, longestMs: number) => ({
    ...HEALTH,
    starting: [{ userClass: "V", users, longestMs }],
  });
  monitor.observeWorker("w1", starting(3, 9000), MOMENT);
  monitor.observeWorker("w2", starting(2, 10_000), MOMENT);
  monitor.observeWorker("w3", starting(7, 1000), MOMENT);
  monitor.observeWorker("w3", HEALTH, MOMENT);
  assert.deepEqual(monitor.evidence(NOTHING, { counts: COUNTS }).starting, [{
    userClass: "V",
    users: 5,
    longestMs: 10_000,
  }]);
});
