import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { test } from "node:test";
import fc from "fast-check";
import { Waits } from "../../../src/user/timing/waits.ts";
import { WakeQueue } from "../../../src/user/timing/wake_queue.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

test("Waits: each wait ends once, by time or by end(), whatever the order", async () => {
  const plan = fc.array(
    fc.record({
      kind: fc.constantFrom("wait" as const, "sleep" as const),
      ms: fc.integer({ min: 1, max: 50 }),
    }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(plan, fc.integer({ min: 0, max: 60 }), async (list, endMs) => {
      const clock = new FakeClock();
      const queue = new WakeQueue(clock);
      let woken = 0;
      const waits = new class extends Waits {
        override woke() {
          woken++;
        }
        override rested() {}
      }();
      const results: string[] = list.map(() => "open");
      list.forEach(({ kind, ms }, i) => {
        waits.startWait(kind, clock.nowMs() + ms, queue).then(
          () => results[i] = "over",
          () => results[i] = "ended",
        );
      });
      await clock.advance(endMs);
      waits.endWaits(queue, () => new Error("end"), "wait");
      await settle();
      const expected = list.map(({ kind, ms }) => (ms <= endMs ? "over" : kind === "wait" ? "ended" : "open"));
      assert.deepEqual(results, expected);
      assert.equal(waits.hasWait("wait"), false);
      assert.equal(waits.hasWait("sleep"), expected.includes("open"));
      waits.endWaits(queue, () => new Error("end"));
      await settle();
      assert.ok(!results.includes("open"));
      assert.equal(woken, expected.filter((result) => result === "over").length);
      assert.deepEqual([queue.size, clock.pendingTimers], [0, 0]);
    }),
    { numRuns: 50 },
  );
});

/** Rests in the context of their names; what is heard of them is in `lines`. */
class Rests extends Waits {
  readonly lines: string[] = [];
  readonly #context = new AsyncLocalStorage<string>();

  begin(name: string, dueMs: number, queue: WakeQueue): void {
    this.#context.run(name, () => this.startRest(dueMs, queue));
  }

  override woke(lateMs: number): void {
    this.lines.push(`${lateMs} ms late`);
  }

  override rested(refusal: Error | undefined): void {
    this.lines.push(`${this.#context.getStore()}: ${refusal?.message ?? "over"}`);
  }
}

test("Waits.startRest() tells of its end once, after those who end it, in the context that it began in", async () => {
  const clock = new FakeClock();
  const queue = new WakeQueue(clock);
  const rests = new Rests();
  rests.begin("short", 10, queue);
  rests.begin("long", 20, queue);
  assert.equal(rests.hasWait("wait"), true);
  await clock.advance(15);
  assert.deepEqual(rests.lines, ["0 ms late", "short: over"]);
  rests.endWaits(queue, () => new Error("stopped"), "wait");
  assert.equal(rests.lines.length, 2, "not before endWaits has returned");
  await settle();
  await clock.advance(100);
  assert.deepEqual(rests.lines.slice(2), ["long: stopped"]);
  assert.deepEqual([rests.hasWait("wait"), queue.size, clock.pendingTimers], [false, 0, 0]);
});
