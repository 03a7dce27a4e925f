import assert from "node:assert/strict";
import { test } from "node:test";
import { Delivery } from "../../../src/report/exports/delivery.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { openHeapCounter } from "../../support/heap_objects.ts";

interface Sent {
  readonly batch: number;
  readonly signal: AbortSignal;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

function open() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const sent: Sent[] = [];
  const delivery = new Delivery<number>({
    receiver: "Receiver at h",
    clock,
    warn: (text) => lines.push(`warning: ${text}`),
    log: (text) => lines.push(text),
    send: (batch, signal) => new Promise((resolve, reject) => sent.push({ batch, signal, resolve, reject })),
  });
  const turn = () => clock.advance(0);
  return { clock, lines, sent, delivery, turn };
}

test("Delivery sends one batch at a time, in order", async () => {
  const { sent, delivery, turn } = open();
  for (const batch of [1, 2, 3]) delivery.offer(batch);
  await turn();
  assert.deepEqual(sent.map(({ batch }) => batch), [1]);
  sent[0]!.resolve();
  await turn();
  sent[1]!.resolve();
  await turn();
  assert.deepEqual(sent.map(({ batch }) => batch), [1, 2, 3]);
});

test("Delivery keeps a bounded number of batches, the newest ones", async () => {
  const { sent, delivery, turn } = open();
  for (let batch = 0; batch < 100; batch++) delivery.offer(batch);
  for (let i = 0; i < 100; i++) {
    await turn();
    sent.at(-1)!.resolve();
  }
  assert.deepEqual(sent.map(({ batch }) => batch), [0, 95, 96, 97, 98, 99]);
});

test("Delivery warns once about a receiver that does not answer, gives up, and says when it takes data again", async () => {
  const { clock, lines, sent, delivery, turn } = open();
  for (let batch = 0; batch < 3; batch++) {
    delivery.offer(batch);
    await clock.advance(2_000);
    assert.equal(sent[batch]!.signal.aborted, true);
  }
  delivery.offer(3);
  await turn();
  sent[3]!.resolve();
  await turn();
  assert.deepEqual(lines, [
    "warning: Cannot send to Receiver at h: no answer within 2 s; the run continues without",
    "Receiver at h takes data again",
  ]);
});

test("Delivery.settle() waits for what is under way", async () => {
  const { sent, delivery, turn } = open();
  delivery.offer(1);
  delivery.offer(2);
  let settled = false;
  const settling = delivery.settle(new AbortController().signal).then(() => settled = true);
  await turn();
  sent[0]!.resolve();
  await turn();
  assert.equal(settled, false);
  sent[1]!.resolve();
  await settling;
});

/** A receiver that has refused the last batch. */
async function openFailing() {
  const failing = open();
  failing.delivery.offer(1);
  await failing.turn();
  failing.sent[0]!.reject(new Error("refused"));
  await failing.turn();
  failing.delivery.offer(2);
  await failing.turn();
  return failing;
}

test("Delivery.settle() gives a receiver that has failed last half a second, and no more", async () => {
  const { clock, sent, delivery } = await openFailing();
  let settled = false;
  const settling = delivery.settle(new AbortController().signal).then(() => settled = true);
  await clock.advance(499);
  assert.equal(settled, false);
  await clock.advance(1);
  await settling;
  assert.equal(sent[1]!.signal.aborted, true);
});

test("Delivery.settle() ends at once when a receiver that has failed last takes the last batch", async () => {
  const { clock, sent, delivery, lines } = await openFailing();
  const settling = delivery.settle(new AbortController().signal);
  sent[1]!.resolve();
  await settling;
  assert.equal(clock.nowMs(), 0);
  assert.deepEqual(lines.slice(1), ["Receiver at h takes data again"]);
});

test("Delivery.settle() ends when its signal aborts", async () => {
  const { sent, delivery, lines } = open();
  delivery.offer(1);
  const stop = new AbortController();
  const settling = delivery.settle(stop.signal);
  stop.abort();
  await settling;
  assert.equal(sent[0]!.signal.aborted, true);
  assert.deepEqual(lines, []);
});

test("Delivery does not say that a receiver takes data again before that is known", async () => {
  const lines: string[] = [];
  const answers = [new Error("refused"), "unknown", new Error("refused"), "unknown", "taken"] as const;
  const clock = new FakeClock();
  let sent = 0;
  const delivery = new Delivery<number>({
    receiver: "Receiver at h",
    clock,
    warn: (text) => lines.push(text),
    log: (text) => lines.push(`${sent}: ${text}`),
    send: async () => {
      const answer = answers[sent++]!;
      if (answer instanceof Error) throw answer;
      return await Promise.resolve(answer);
    },
  });
  for (const batch of answers.keys()) {
    delivery.offer(batch);
    await clock.advance(0);
  }
  assert.deepEqual(lines, [
    "Cannot send to Receiver at h: refused; the run continues without",
    "5: Receiver at h takes data again",
  ]);
});

test("Delivery keeps nothing of what is delivered", async (t) => {
  const count = await openHeapCounter();
  if (count === undefined) return t.skip("no collection can be asked for");
  const clock = new FakeClock();
  const delivery = new Delivery<Uint8Array>({
    receiver: "Receiver at h",
    clock,
    warn: assert.fail,
    log: () => {},
    send: (_batch, signal) => new Promise((resolve) => setImmediate(() => resolve(signal.throwIfAborted()))),
  });
  const send = async () => {
    delivery.offer(new Uint8Array(1_000_000));
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(0);
  };
  await send();
  const before = count().bytes;
  for (let i = 0; i < 30; i++) await send();
  const grown = count().bytes - before;
  assert.ok(grown < 10_000_000, `30 batches of 1 MB left ${grown} bytes`);
});
