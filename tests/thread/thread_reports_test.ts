import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, User } from "../../mod.ts";
import type { ArrivalStream } from "../../src/protocol/arrivals_message.ts";
import type { NumberRange } from "../../src/protocol/question_message.ts";
import { EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import { NO_FRICTION } from "../../src/protocol/health_message.ts";
import type { FromThread } from "../../src/protocol/thread_message.ts";
import { ThreadReports, type ThreadReportsOptions } from "../../src/thread/thread_reports.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { ThreadFixture } from "../support/thread_fixture.ts";

/** A run of users whose iterations take 0.1 s, with waits of 30 s between them, and of a number of iterations that all threads share. */
async function begin(users: number): Promise<ThreadFixture> {
  class Buyer extends User {
    override waitTime = constant(30);
    static override tasks = [async function buy(this: Buyer) {
      await this.sleep(0.1);
      this.environment.events.request.fire({ requestType: "GET", name: "/buy", responseTime: 100, responseLength: 1 });
    }];
  }
  const fixture = new ThreadFixture({ Buyer });
  const iterations = [{ name: "", userClasses: ["Buyer"], kind: "shared", count: 100 }] as const;
  await fixture.run({ Buyer: users }, { iterations });
  return fixture;
}

async function grant(fixture: ThreadFixture, ...ranges: readonly NumberRange[]): Promise<void> {
  const number = fixture.user("ask").at(-1)?.number ?? 0;
  const answer = { kind: "value", value: { ranges, isEnded: false } } as const;
  await fixture.tell({ kind: "answer", runId: "run-1", thread: 0, number, answer });
}

/** What was reported at once: iterations that had ended, and requests. */
function promptOf(fixture: ThreadFixture): unknown[] {
  return fixture.of("delta").filter(({ pace }) => pace === "now")
    .map((
      { delta },
    ) => [delta.iterations?.[""]?.ended, delta.entries.reduce((sum, { requests }) => sum + requests, 0)]);
}

test("ThreadReports tells at once, with its samples, that the last iteration of this thread has ended", async () => {
  const fixture = await begin(1);
  await grant(fixture, [0, 1]);
  await fixture.clock.advance(104);
  assert.deepEqual(promptOf(fixture), [], "another one may follow at once");
  await fixture.clock.advance(2);
  assert.deepEqual(promptOf(fixture), [[1, 1]]);
});

test("ThreadReports tells nothing at once while iterations are under way, or numbers for others are at hand", async () => {
  const fixture = await begin(2);
  await grant(fixture, [0, 3]);
  await fixture.clock.advance(50);
  await fixture.clock.advance(150);
  assert.deepEqual(promptOf(fixture), []);
  assert.equal(fixture.of("delta").length, 0, "its second is not over");
});

test("ThreadReports puts a report off until the arrival has started that is due at that time, and keeps its seconds", async () => {
  class Buyer extends User {
    static override tasks = [async function buy() {}];
  }
  const fixture = new ThreadFixture({ Buyer });
  await fixture.run({});
  const stream: ArrivalStream = {
    id: 0,
    classes: [{ name: "Buyer", weight: 1 }],
    pattern: "even",
    seed: 1,
    maxUsers: 10,
    firstUserIndex: 0,
    userIndexStep: 1,
    legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, 1]] }, of: 1, slots: [0] }], // 1/s
    owed: [],
  };
  // Its arrivals are due 3 ms after the reports: those come 850 ms after the start, and each second.
  await fixture.tell({ kind: "arrivals", order: { runId: "run-1", epoch: 1, runMs: 147, streams: [stream] } });
  const reports = () => fixture.of("delta").length;
  for (let second = 0; second < 3; second++) {
    await fixture.clock.advance(second === 0 ? 852 : 994);
    assert.equal(reports(), second, "the arrival comes first");
    await fixture.clock.advance(6);
    assert.equal(reports(), second + 1);
  }
});

test("ThreadReports says up to when a report counts, although the thread was kept from running while it packed it", async () => {
  const clock = new FakeClock();
  const posted: FromThread[] = [];
  const none = {
    takeP99Ms: () => 0,
    take: () => NO_FRICTION,
    takeBlock: () => undefined,
    takeStandstill: () => undefined,
  };
  let lateMs = 0;
  const reports = new ThreadReports({
    runId: "run-1",
    clientId: "w",
    clock: {
      nowMs: () => clock.nowMs() + lateMs,
      wallMs: () => clock.wallMs(),
      schedule: (delayMs, fire) => clock.schedule(delayMs, fire),
      sleep: (delayMs) => clock.sleep(delayMs),
    },
    machineClock: { id: "this machine", differenceMs: () => 5000 },
    loop: none as unknown as ThreadReportsOptions["loop"],
    lateness: none as unknown as ThreadReportsOptions["lateness"],
    friction: none as unknown as ThreadReportsOptions["friction"],
    events: { reportToMaster: { hasListeners: false } } as unknown as ThreadReportsOptions["events"],
    flushFailures: () => {},
    drain() {
      lateMs = 250;
      return EMPTY_DELTA;
    },
    users: () => ({ users: {} }),
    post: (message) => void posted.push(message),
  });
  reports.start(undefined);
  await clock.advance(850);
  const [message] = posted;
  assert.equal(message?.kind === "delta" && message.reading?.atMs, 5850);
  reports.finish();
});
