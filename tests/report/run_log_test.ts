import { strict as assert } from "node:assert";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import type { RunEvent } from "../../src/master/run_event.ts";
import { createRunLog } from "../../src/report/run_log.ts";

const STARTED: Extract<RunEvent, { readonly kind: "runStarted" }> = {
  kind: "runStarted",
  runId: "r",
  wallMs: 0,
  locustfile: "locustfile.ts",
  version: "1.0.0",
  targetUsers: null,
  spawnRate: 1,
  runTimeSeconds: null,
  userClasses: ["Visitor"],
  seed: 1,
};

function logOf(...events: readonly RunEvent[]): readonly string[] {
  const lines: string[] = [];
  const named = (name: string) =>
    createLogger({ name, wallMs: () => 0, sink: ({ logger, message }) => lines.push(`${logger}: ${message}`) });
  const sink = createRunLog({ main: named("locust.main"), runners: named("locust.runners") });
  events.forEach(sink);
  return lines;
}

test("createRunLog() says how long the run will be in Locust's words", () => {
  assert.deepEqual(logOf(STARTED), ["locust.main: No run time limit set, use CTRL+C to interrupt"]);
  assert.deepEqual(logOf({ ...STARTED, runTimeSeconds: 7 }), ["locust.main: Run time limit set to 7 seconds"]);
});

test("createRunLog() says what a capacity search will do, and no run time limit only where there is one", () => {
  const capacity = { unit: "/s", start: 50, max: 1000, slo: ["p99<300ms"] } as const;
  const aim =
    "locust.main: Search for the highest load within p99<300ms: begins at 50/s, and ends by itself, usually after 3 to 15 minutes";
  assert.deepEqual(logOf({ ...STARTED, capacity }), [aim]);
  assert.deepEqual(logOf({ ...STARTED, capacity, runTimeSeconds: 600 }), [
    aim,
    "locust.main: Run time limit set to 600 seconds",
  ]);
});

test("createRunLog() names every class of the run, those without users too", () => {
  const started = { ...STARTED, userClasses: ["Visitor", "Buyer"] };
  const completed: RunEvent = { kind: "rampCompleted", usersByClass: { Visitor: 2 }, users: 2 };
  assert.equal(
    logOf(started, completed)[1],
    'locust.runners: All users spawned: {"Buyer": 0, "Visitor": 2} (2 total users)',
  );
});

test("createRunLog() keeps the words of Locust that programs look for, where there is one of a thing, too", () => {
  const one: readonly RunEvent[] = [
    { kind: "rampStarted", fromUsers: 0, users: 1, spawnRate: 1 },
    { kind: "rampCompleted", usersByClass: { Visitor: 1 }, users: 1 },
    { kind: "workerJoined", workerId: "w1", index: 0, workers: 1 } as RunEvent,
  ];
  assert.deepEqual(logOf({ ...STARTED, userClasses: ["Visitor"] }, ...one).slice(-3), [
    "locust.runners: Ramping to 1 users at a rate of 1.00 per second",
    'locust.runners: All users spawned: {"Visitor": 1} (1 total users)',
    "locust.runners: w1 (index 0) reported as ready. 1 workers connected.",
  ]);
});

test("createRunLog() warns of a target rate whose class got no user", () => {
  const targets = [{ userClass: "Visitor", rate: "5/s" }, { userClass: "Reader", rate: "30/s" }];
  const started = { ...STARTED, userClasses: ["Visitor", "Reader"], targets };
  const completed: RunEvent = { kind: "rampCompleted", usersByClass: { Visitor: 1 }, users: 1 };
  const warning =
    'No user of "Reader" runs: its target rate of 30/s starts nothing; raise -u, or the weight of the class';
  assert.equal(logOf(started, completed).at(-1), `locust.runners: ${warning}`);
  assert.ok(
    !logOf({ ...started, shape: "Steps" }, completed).some((line) => line.includes(warning)),
    "a shape picks classes",
  );
});

test("createRunLog() tells each change of a shape", () => {
  const ramp: RunEvent = { kind: "rampStarted", fromUsers: 0, users: 10, spawnRate: 1 };
  assert.deepEqual(logOf({ ...STARTED, shape: "Steps" }, ramp), [
    "locust.runners: Shape test starting.",
    "locust.runners: Shape test updating to 10 users at 1.00 spawn rate",
    "locust.runners: Ramping to 10 users at a rate of 1.00 per second",
  ]);
  assert.deepEqual(logOf(STARTED, ramp).length, 2);
});

test("createRunLog() says what becomes of the users of a missing worker", () => {
  const missing = (users: number): RunEvent => ({ kind: "workerMissing", workerId: "w1", silentMs: 5000, users });
  const lines = logOf(
    missing(0),
    missing(1),
    { ...missing(4), ended: 4 } as RunEvent,
    { ...missing(3), serving: 3 } as RunEvent,
    { ...missing(6), ended: 1, serving: 3 } as RunEvent,
    { kind: "stopping", reason: { kind: "runTime", seconds: 1 } },
    missing(2),
  );
  assert.deepEqual(lines.filter((line) => line.includes("missing")).map((line) => line.split("missing; ")[1]), [
    "it had no users",
    "its 1 user goes to the others",
    "its 4 users with iterations of their own are not started again",
    "its 3 users in use served arrivals, which the others start from now on",
    "its 2 users go to the others, its 3 users in use served arrivals, which the others start from now on, " +
    "its 1 user with iterations of their own is not started again",
    "it had 2 users that had to end",
  ]);
});

test("createRunLog() says what the end of a run waits for, and how long at most", () => {
  const local = { id: "local", state: "here", users: 1, atMostMs: 18_000 } as const;
  const here = { id: "w1", state: "here", users: 3, atMostMs: 8000 } as const;
  const missing = { id: "w2", state: "missing", users: 0, atMostMs: 11_200 } as const;
  assert.deepEqual(
    logOf(
      { kind: "draining", workers: [local] },
      { kind: "draining", workers: [{ ...local, users: 0 }] },
      { kind: "draining", workers: [here] },
      { kind: "draining", workers: [here, missing] },
      { kind: "draining", workers: [here, here, here, here, here, missing, missing] },
    ),
    [
      "locust.runners: Waiting for 1 user to finish, at most 18 s",
      "locust.runners: Waiting for listeners of testStop and the last numbers, at most 18 s",
      "locust.runners: Waiting for the last numbers of worker w1 (3 users left), at most 8 s",
      "locust.runners: Waiting for the last numbers of workers w1 (3 users left), w2 (missing), at most 12 s",
      "locust.runners: Waiting for the last numbers of workers " +
      `${"w1 (3 users left), ".repeat(5)}2 more, at most 12 s`,
    ],
  );
});

test("createRunLog() says once a run that URLs were grouped", () => {
  const groups = [{ method: "GET", name: "/items/[id]", examples: ["/items/1"] }];
  const ticked = { kind: "ticked", snapshot: { urlGroups: groups } } as unknown as RunEvent;
  const none = { kind: "ticked", snapshot: {} } as unknown as RunEvent;
  const said = logOf(STARTED, none, ticked, ticked, STARTED, ticked).filter((line) => line.includes("[id]"));
  assert.equal(said.length, 2);
  assert.equal(
    said[0],
    "locust.runners: GET /items/[id] stands for more than 20 URLs that differ only in ids or query values (such as /items/1); " +
      "give requests a name to choose the rows yourself, or keep all apart with --url-grouping off",
  );
});
