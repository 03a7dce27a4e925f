/** The load that a start form asks for, as a sentence. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { describePlan } from "../../../web/view/plan_sentence.ts";
import type { StartPlan } from "../../../web/view/start_plan.ts";

const PLAN: StartPlan = { users: 1, spawnRate: 1, runTimeSeconds: null };

const SENTENCES: readonly (readonly [users: number, rate: number, seconds: number | null, sentence: string])[] = [
  [100, 10, null, "Starts 10 per second until 100 users run after 10 s, and runs until you stop it."],
  [1, 1, null, "Starts 1 user at once, and runs until you stop it."],
  [100, 10, 60, "Starts 10 per second until 100 users run after 10 s, holds them for 50 s, and stops at 1:00."],
  [
    100,
    1,
    30,
    "Starts 1 per second, and stops after 30 s with 30 users of 100: the ramp needs 1 min 40 s.",
  ],
  [
    5000,
    0.001,
    null,
    "Starts 0.001 per second until 5,000 users run after 1,388 h 53 min, and runs until you stop it.",
  ],
  [0, 1, null, "Starts without users; add some with Edit."],
];

for (const [users, spawnRate, runTimeSeconds, sentence] of SENTENCES) {
  test(`describePlan() of ${users} users at ${spawnRate}/s for ${runTimeSeconds ?? "ever"}`, () => {
    assert.equal(describePlan({ users, spawnRate, runTimeSeconds }), sentence);
  });
}

test("describePlan() tells of arrivals in place of users", () => {
  assert.equal(
    describePlan({ ...PLAN, rate: "50/s", runTimeSeconds: 60 }),
    "Starts arrivals at 50/s, however fast the system answers, and stops at 1:00.",
  );
});

test("describePlan() tells of a capacity search", () => {
  const search = { ...PLAN, users: 10, slo: ["p99<300ms, failures<1%", "GET /items: p95<200ms"] };
  assert.match(
    describePlan(search),
    /^Begins with 10 users, and searches for the most users that keep p99<300ms.* by itself/,
  );
  assert.match(
    describePlan({ ...search, rate: "50", runTimeSeconds: 60 }),
    /^Begins with arrivals at 50\/s, and searches for the highest rate .* at 1:00 with what is known by then\.$/,
  );
});
