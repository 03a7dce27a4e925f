/** One message of every kind, as test data: for golden frames, round trips and documentation. */
import type { DeltaMessage } from "../../src/protocol/delta_message.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

const DELTA: DeltaMessage = {
  entries: [{
    method: "GET",
    name: "/items?page=[n]",
    requests: 120,
    failures: 1,
    untimed: 0,
    bytes: 240_000,
    lastAgeMs: 12,
    times: bytes(1, 2, 3, 4),
    corrected: bytes(5, 6),
    phases: { connect: bytes(7), waiting: bytes(8, 9) },
  }],
  failures: [{
    method: "GET",
    name: "/items?page=[n]",
    text: "HTTP 503",
    count: 1,
    firstAgeMs: 400,
    lastAgeMs: 400,
    sample: {
      ageMs: 400,
      request: "GET http://shop.test/items?page=3",
      status: 503,
      headers: [["content-type", "text/plain"]],
      body: "busy",
      bodyBytes: 4,
    },
  }],
  exceptions: [{
    message: "TypeError: x is not a function",
    stack: "at Shopper.order (locustfile.ts:9:3)",
    where: "Shopper.order",
    count: 2,
  }],
  retries: 1,
  statuses: { 200: 119, 503: 1 },
  abandoned: 0,
  failedStarts: 0,
  unfilteredNames: 0,
};

const NEXT_DELTA: DeltaMessage = {
  entries: [
    {
      method: "GET",
      name: "/items?page=[n]",
      requests: 2,
      failures: 0,
      untimed: 0,
      bytes: 4000,
      lastAgeMs: 900,
      times: bytes(1, 2),
    },
    { method: "POST", name: "/cart", requests: 1, failures: 0, untimed: 1, bytes: 0, lastAgeMs: 0, times: bytes() },
  ],
  failures: [],
  exceptions: [],
  retries: 0,
  abandoned: 0,
  failedStarts: 0,
  lostUsers: 2,
  quitUsers: 1,
  unfilteredNames: 0,
};

export const SAMPLES_TO_MASTER: readonly ToMaster[] = [
  {
    kind: "hello",
    protocol: [1, 0],
    version: "0.1.0",
    workerId: "box_4f2a9c",
    host: "box",
    threads: 4,
    nonce: bytes(...Array.from({ length: 32 }, (_, i) => i * 3)),
    proof: bytes(...Array.from({ length: 32 }, (_, i) => i * 7 % 256)),
  },
  { kind: "ready", locustfileHash: "", userClasses: [] },
  {
    kind: "ready",
    locustfileHash: "sha256-abc",
    userClasses: ["Shopper", "Admin"],
    run: { runId: "run-1", epoch: 7, users: { Shopper: 12 }, spareIndexes: { Shopper: [40, 41] } },
  },
  {
    kind: "heartbeat",
    state: "running",
    users: 12,
    usersByClass: { Shopper: 12 },
    health: {
      cpuPercent: 41.5,
      machineCpuPercent: 60,
      rssBytes: 73_400_320,
      loopLagP99Ms: 1.25,
      latenessP99Ms: 2.5,
      hung: [{ thread: 2, silentMs: 4000, doing: "Shopper.order" }],
    },
  },
  {
    kind: "userMessage",
    message: { kind: "listenerFailed", event: "testStart", text: "TypeError: x is not a function", times: 39 },
  },
  { kind: "applied", runId: "run-1", epoch: 7, users: { Shopper: 12 } },
  { kind: "stats", runId: "run-1", seq: 3, spanMs: 1000, delta: DELTA },
  // The same name again, by its number, and a new one.
  { kind: "stats", runId: "run-1", seq: 4, spanMs: 1001, delta: NEXT_DELTA },
  { kind: "userMessage", message: { kind: "log", level: "INFO", logger: "shop", message: "ordered" } },
  {
    kind: "userMessage",
    message: { kind: "custom", type: "acknowledge_users", data: { names: ["ada"], ok: true, none: null, share: 0.5 } },
  },
  { kind: "userMessage", message: { kind: "report", data: { queue: 3 } } },
  { kind: "userMessage", message: { kind: "stopTest", message: "enough seen", failed: false } },
  { kind: "stopped", runId: "run-1", lastSeq: 9, abandoned: 0 },
  { kind: "leaving", reason: "SIGTERM" },
  { kind: "bye", reason: "SIGTERM" },
];

export const SAMPLES_TO_WORKER: readonly ToWorker[] = [
  { kind: "challenge", nonce: bytes(...Array.from({ length: 32 }, (_, i) => i)) },
  {
    kind: "welcome",
    workerIndex: 0,
    protocol: [1, 0],
    locustfileHash: "sha256-abc",
    proof: bytes(...Array.from({ length: 32 }, (_, i) => i * 5)),
  },
  { kind: "refused", reason: "Cannot join: the token is wrong; give both the same --master-token" },
  { kind: "heartbeat" },
  {
    kind: "locustfile",
    hash: "sha256-abc",
    source: 'import { HttpUser } from "locust-ts";\n',
    files: [{ path: "data/names.csv", bytes: bytes(97, 10) }],
  },
  {
    kind: "startRun",
    plan: {
      runId: "run-1",
      host: "http://system:8000",
      seed: 42,
      stopTimeoutSeconds: 0,
      tags: [],
      excludeTags: ["slow"],
      userClasses: ["Shopper"],
      classSettings: [{ userClassName: "Shopper", fixedCount: 2 }],
      equalWeights: false,
      options: { tenant: "blue" },
      shared: { token: "t" },
      phases: false,
    },
  },
  { kind: "assign", runId: "run-1", epoch: 8, users: { Shopper: 3 }, fresh: { Shopper: [0, 2, 4] } },
  { kind: "spawningComplete", runId: "run-1", userCount: 24 },
  { kind: "resetStats", runId: "run-1", resets: 1 },
  { kind: "changeHost", runId: "run-1", host: "https://staging.example.com" },
  { kind: "ack", runId: "run-1", seq: 3 },
  { kind: "stop", runId: "run-1" },
  { kind: "custom", type: "users", data: ["ada", "grace"] },
  { kind: "quit", reason: "the master is ending" },
];
