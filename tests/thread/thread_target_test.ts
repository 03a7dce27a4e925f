/** Task starts by the target rate of a class, and rates that are very slow, in a thread on a clock of its own. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, TaskSet, User } from "../../mod.ts";
import type { ArrivalStream } from "../../src/protocol/arrivals_message.ts";
import { ThreadFixture } from "../support/thread_fixture.ts";

function stream(perSecond: number, kind: "target" | "arrivals"): ArrivalStream {
  return {
    id: 0,
    ...(kind === "target" ? { kind } : {}),
    classes: [{ name: "Reader", weight: 1 }],
    pattern: "even",
    seed: 1,
    maxUsers: 10,
    firstUserIndex: 0,
    userIndexStep: 1,
    legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, perSecond]] }, of: 1, slots: [0] }],
    owed: [],
  };
}

interface Scene {
  readonly fixture: ThreadFixture;
  readonly starts: number[];
  readonly pass: (seconds: number, stepMs?: number) => Promise<void>;
}

/** Users whose tasks take `tookMs`; with `kind` arrivals they are a pool. */
async function begin(
  { perSecond, users, tookMs, kind = "target", setWaits = false }: {
    readonly perSecond: number;
    readonly users: number;
    readonly tookMs: number;
    readonly kind?: "target" | "arrivals";
    readonly setWaits?: boolean;
  },
): Promise<Scene> {
  const starts: number[] = [];
  const work = async (user: User) => {
    starts.push(fixture.clock.nowMs());
    await user.sleep(tookMs / 1000);
  };
  class Chapter extends TaskSet<Reader> {
    static override tasks = [function read(this: Chapter) {
      return work(this.user);
    }];
  }
  class SlowChapter extends Chapter {
    override waitTime = constant(1);
  }
  const plain = function read(this: User) {
    return work(this);
  };
  class Reader extends User {
    static override tasks = [kind === "arrivals" ? plain : setWaits ? SlowChapter : Chapter];
  }
  if (kind === "target") Reader.targetRate = perSecond;
  const fixture: ThreadFixture = new ThreadFixture({ Reader });
  await fixture.run({ Reader: kind === "target" ? users : 0 });
  const order = (runMs: number) => ({ runId: "run-1", epoch: 1, runMs });
  const streams = [stream(perSecond, kind)];
  await fixture.tell({ kind: "spawningComplete", userCount: users });
  await fixture.tell({ kind: "arrivals", order: { ...order(0), streams } });
  let runMs = 0;
  const pass = async (seconds: number, stepMs = 1000) => {
    for (let passed = 0; passed < seconds * 1000; passed += stepMs) {
      await fixture.clock.advance(stepMs);
      await fixture.tell({ kind: "arrivals", order: order(runMs += stepMs) });
    }
  };
  return { fixture, starts, pass };
}

test("Thread lets all users of a class keep its target rate together, also in task sets", async () => {
  const { starts, pass } = await begin({ perSecond: 10, users: 7, tookMs: 30 });
  await pass(3);
  assert.deepEqual(starts, Array.from({ length: 31 }, (_, i) => i * 100));
});

test("Thread leaves a task set with a wait time of its own at that", async () => {
  const { starts, pass } = await begin({ perSecond: 10, users: 1, tookMs: 0, setWaits: true });
  await pass(3);
  assert.deepEqual(starts, [0, 1000, 2000, 3000]);
});

test("Thread counts what users that are too slow did not start, and starts no bunch when they are fast again", async () => {
  const { fixture, starts, pass } = await begin({ perSecond: 10, users: 2, tookMs: 1000 });
  await pass(5);
  assert.equal(starts.length, 11, "two at a time, one second each");
  await pass(3);
  const counts = fixture.of("delta").reduce((sum, { delta }) => {
    const { asked = 0, started = 0, dropped = 0 } = delta.classArrivals?.["Reader"] ?? {};
    return { asked: sum.asked + asked, started: sum.started + started, dropped: sum.dropped + dropped };
  }, { asked: 0, started: 0, dropped: 0 });
  assert.equal(counts.asked, counts.started + counts.dropped);
  assert.ok(
    counts.asked >= 65 && counts.asked <= 80,
    `10 a second, and the last second's may still start: ${counts.asked}`,
  );
  assert.ok(fixture.of("delta").every(({ delta }) => delta.arrivals === undefined), "there are no arrivals");
});

test("Thread ends users that wait for their turn, and starts nothing after the stop", async () => {
  const { fixture, starts, pass } = await begin({ perSecond: 1, users: 5, tookMs: 10 });
  await pass(2);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(5000);
  assert.equal(starts.length, 3);
  assert.equal(fixture.of("stopped").at(-1)?.leftBehind, 0);
});

for (
  const [text, perSecond, everyMs] of [["0.1/s", 0.1, 10_000], ["1/m", 1 / 60, 60_000], [
    "2/h",
    2 / 3600,
    1_800_000,
  ]] as const
) {
  for (const kind of ["arrivals", "target"] as const) {
    test(`Thread holds ${text} for three starts: ${kind}`, async () => {
      const { starts, pass } = await begin({ perSecond, users: 3, tookMs: 50, kind });
      await pass(3 * everyMs / 1000, 3000);
      assert.deepEqual(starts.map((ms) => Math.round(ms * 1000) / 1000), [0, everyMs, 2 * everyMs, 3 * everyMs]);
    });
  }
}
