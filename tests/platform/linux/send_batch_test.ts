import assert from "node:assert/strict";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { type BatchSender, SendBatch } from "../../../src/platform/linux/send_batch.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

const libc = openLibc();
const skip = libc === undefined ? "there is no libc to call" : false;
const open = () => new SendBatch({ libc: libc!, resources: new ThreadResources() }, "never");

/** Notes what it is to send. */
class Sender implements BatchSender {
  readonly fd = -1;
  handedOverMs = 0;
  readonly sent: string[] = [];

  sentQueued(): void {
    assert.fail("no send went out by itself");
  }

  sendQueued(_address: number, memory: Uint8Array, from: number, to: number): void {
    this.sent.push(new TextDecoder().decode(memory.slice(from, to)));
  }
}

test("SendBatch sends at the flush, in order, what the bytes were when they were added", { skip }, () => {
  const batch = open();
  const [one, other] = [new Sender(), new Sender()];
  const bytes = new TextEncoder().encode("first");
  assert.equal(batch.add(one, bytes), true);
  bytes.fill(0);
  batch.add(other, new TextEncoder().encode("second"));
  batch.add(one, new TextEncoder().encode("third"));
  assert.deepEqual([one.sent, other.sent, batch.hasSome], [[], [], true]);
  batch.flush();
  batch.flush();
  assert.deepEqual([one.sent, other.sent, batch.hasSome], [["first", "third"], ["second"], false]);
});

test("SendBatch stamps each sender right before its send, also where the one before it took long", { skip }, () => {
  const SLOW_MS = 3;
  class SlowSender extends Sender {
    sentAtMs = 0;
    override sendQueued(): void {
      this.sentAtMs = performance.now();
      while (performance.now() < this.sentAtMs + SLOW_MS);
    }
  }
  const batch = open();
  const senders = Array.from({ length: 5 }, () => new SlowSender());
  for (const sender of senders) batch.add(sender, Uint8Array.of(1));
  batch.flush();
  senders.forEach(({ handedOverMs, sentAtMs }, index) => {
    const earliestMs = index === 0 ? 0 : senders[index - 1]!.sentAtMs + SLOW_MS;
    assert.ok(handedOverMs >= earliestMs && handedOverMs <= sentAtMs, `${index}: ${handedOverMs}`);
  });
});

test("SendBatch flushes by itself when it is full, and takes no send that is too large", { skip }, () => {
  const batch = open();
  const sender = new Sender();
  for (let count = 0; count < 40; count++) batch.add(sender, new Uint8Array(4096));
  assert.equal(sender.sent.length, 32);
  assert.equal(batch.add(sender, new Uint8Array(4097)), false);
  batch.flush();
  assert.equal(sender.sent.length, 40);
});
