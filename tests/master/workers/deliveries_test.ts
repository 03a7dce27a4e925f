import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Deliveries } from "../../../src/master/workers/deliveries.ts";

const delta = (seq: number, runId = "r1") => ({ runId, seq });

test("Deliveries.receive() applies a number once and acknowledges it each time", () => {
  const deliveries = new Deliveries("r1");
  assert.equal(deliveries.receive("w1", delta(1)), "apply");
  assert.equal(deliveries.receive("w1", delta(1)), "repeated");
  assert.deepEqual(deliveries.takeAcknowledgements(), [{ workerId: "w1", seq: 1 }]);
  assert.deepEqual(deliveries.takeAcknowledgements(), []);
  assert.equal(deliveries.receive("w1", delta(1)), "repeated");
  assert.deepEqual(deliveries.takeAcknowledgements(), [{ workerId: "w1", seq: 1 }]);
});

test("Deliveries.receive() calls another run's delta foreign and acknowledges nothing", () => {
  const deliveries = new Deliveries("r2");
  assert.equal(deliveries.receive("w1", delta(4, "r1")), "foreign");
  assert.deepEqual(deliveries.takeAcknowledgements(), []);
  assert.deepEqual(deliveries.outstanding(), []);
});

test("Deliveries.receive() counts numbers that never came as skipped", () => {
  const deliveries = Deliveries.restore({ runId: "r1", applied: { w1: 3 } });
  assert.equal(deliveries.receive("w1", delta(6)), "apply");
  assert.equal(deliveries.skipped, 2);
});

test("Deliveries.isComplete() needs the last number named and applied", () => {
  const deliveries = new Deliveries("r1");
  deliveries.receive("w1", delta(1));
  assert.deepEqual(deliveries.outstanding(), ["w1"]);
  deliveries.stopped("w1", 2);
  assert.equal(deliveries.isComplete("w1"), false);
  deliveries.receive("w1", delta(2));
  assert.equal(deliveries.isComplete("w1"), true);
  assert.deepEqual(deliveries.outstanding(), []);
  deliveries.reopened("w1");
  assert.equal(deliveries.isComplete("w1"), false);
});

test("Deliveries applies every number once for any order of repeats and restarts", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("deliver" as const), worker: fc.constantFrom("a", "b"), repeat: fc.boolean() }),
    fc.constant({ kind: "restart" as const }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    let deliveries = new Deliveries("r1");
    const sent: Record<string, number> = { a: 0, b: 0 };
    const counted = new Map<string, number>();
    for (const each of steps) {
      if (each.kind === "restart") {
        deliveries = Deliveries.restore(JSON.parse(JSON.stringify(deliveries.save())));
        continue;
      }
      const last = sent[each.worker] ?? 0;
      const seq = each.repeat && last > 0 ? last : last + 1;
      sent[each.worker] = seq;
      if (deliveries.receive(each.worker, delta(seq)) === "apply") {
        const key = `${each.worker}${seq}`;
        counted.set(key, (counted.get(key) ?? 0) + 1);
      }
    }
    assert.equal(counted.size, (sent.a ?? 0) + (sent.b ?? 0));
    assert.ok([...counted.values()].every((times) => times === 1));
    assert.equal(deliveries.skipped, 0);
  }));
});

test("Deliveries.receive(): a delta that cannot be counted is new when it comes again, and is not acknowledged", () => {
  const deliveries = new Deliveries("run");
  const delta = { runId: "run", seq: 1 };
  assert.throws(() =>
    deliveries.receive("w", delta, () => {
      throw new Error("no histogram");
    })
  );
  assert.deepEqual(deliveries.takeAcknowledgements(), []);
  let counted = 0;
  assert.equal(deliveries.receive("w", delta, () => counted++), "apply");
  assert.equal(deliveries.receive("w", delta, () => counted++), "repeated");
  assert.equal(counted, 1);
});
