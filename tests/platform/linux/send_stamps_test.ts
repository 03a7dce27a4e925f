import assert from "node:assert/strict";
import { test } from "node:test";
import { EventfdWake } from "../../../src/platform/linux/eventfd_wake.ts";
import { type Libc, openLibc } from "../../../src/platform/linux/libc.ts";
import type { LoopGuest } from "../../../src/platform/linux/loop_guest.ts";
import type { Kernel } from "../../../src/platform/linux/mapping.ts";
import { RingLoop, type RingUser } from "../../../src/platform/linux/ring_loop.ts";
import { type BatchSender, SendBatch } from "../../../src/platform/linux/send_batch.ts";
import { JOINT_SENDS, RING_SENDS } from "../../../src/platform/linux/send_stamps.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

const [AF_UNIX, SOCK_STREAM_NONBLOCK] = [1, 0o4001];
const RING_ENTER = 426;
const SENDS = 30;
const SLOW_MS = 0.2;

const libc = openLibc();

/** The kernel, whose calls that send are interrupted for a while. Notes when each began and how many sends it made. */
class SlowKernel implements Disposable {
  readonly calls: { readonly atMs: number; readonly sends: number }[] = [];
  readonly kernel: Kernel;

  /** `sent`: of a call, by its number and what it returned; undefined: it sends nothing. */
  constructor(sent: (call: number, returned: number) => number | undefined) {
    const watched = new Proxy(libc!, {
      get: (target, name) => {
        const plain = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        if (typeof plain !== "function" || !String(name).startsWith("syscall")) return plain;
        return (...args: unknown[]) => {
          const atMs = performance.now();
          const returned = plain(...args) as number;
          const sends = sent(args[0] as number, returned) ?? 0;
          if (sends > 0) this.calls.push({ atMs, sends });
          while (sends > 0 && performance.now() < atMs + SLOW_MS);
          return returned;
        };
      },
    });
    this.kernel = { libc: watched as Libc, resources: new ThreadResources() };
  }

  openPair(): number {
    const pair = new Int32Array(2);
    assert.equal(libc!.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK, 0, pair), 0);
    for (const fd of pair) this.kernel.resources.addFd(fd);
    return pair[0]!;
  }

  /** No stamp is after the call that made the send, and none before the call of the group before it. */
  check(stamps: readonly number[], most: number): void {
    let first = 0;
    let endedMs = 0;
    for (const { atMs, sends } of this.calls) {
      assert.ok(sends <= most, `${sends} sends of one call`);
      for (const stampMs of stamps.slice(first, first + sends)) {
        assert.ok(stampMs <= atMs, `stamped ${stampMs - atMs} ms after its call began`);
        assert.ok(stampMs >= endedMs, `stamped ${endedMs - stampMs} ms before the calls of others had ended`);
      }
      first += sends;
      endedMs = atMs + SLOW_MS;
    }
    assert.equal(first, stamps.length);
  }

  [Symbol.dispose](): void {
    this.kernel.resources.release(libc!);
  }
}

/** io_submit of Linux AIO, on x86-64 and arm64. */
const SUBMITS = new Set([209, 2]);

test("SendBatch stamps joint sends before the call that makes them, however long it takes", {
  skip: libc === undefined,
}, () => {
  using slow = new SlowKernel((call, returned) => SUBMITS.has(call) && returned > 0 ? returned : undefined);
  const batch = new SendBatch(slow.kernel);
  const senders = Array.from({ length: SENDS }, () => ({
    fd: slow.openPair(),
    handedOverMs: 0,
    sendQueued: () => assert.fail("sent by itself"),
    sentQueued: (result) => assert.equal(result, 1),
  } satisfies BatchSender as BatchSender));
  // 30 are a whole group and 14 more: none is left for a call of its own.
  for (const sender of senders) batch.add(sender, Uint8Array.of(1));
  batch.flush();
  slow.check(senders.map(({ handedOverMs }) => handedOverMs), JOINT_SENDS);
});

class Sender implements RingUser {
  handedOverMs = 0;
  connected(): void {}
  arrived(): void {}
  receiveEnded(): void {}
  sendEnded(result: number): void {
    assert.fail(`a send ended with ${result}`);
  }
  pollEnded(): void {}
  readable(): void {}
}

for (const by of ["flush", "round"] as const) {
  test(`RingLoop.${by}() stamps sends before the call that hands them over, however long it takes`, (context) => {
    if (libc === undefined) return context.skip("there is no libc to call");
    using slow = new SlowKernel((call, returned) => call === RING_ENTER ? returned : undefined);
    const wake = new EventfdWake(slow.kernel, () => {});
    let loop: RingLoop;
    try {
      loop = new RingLoop(slow.kernel, wake.fd);
    } catch {
      wake.close();
      return context.skip("no io_uring here");
    }
    loop.live({ queued: () => {}, socketOpened: () => {}, socketClosed: () => {} } as unknown as LoopGuest);
    loop.disarm(); // as in a busy turn: nothing is sent before the batch is full
    const senders = Array.from({ length: SENDS }, () => new Sender());
    const places = senders.map((sender) => ({ id: loop.add(sender), fd: slow.openPair() }));
    senders.forEach((sender, index) => loop.send(sender, places[index]!.id, places[index]!.fd, Uint8Array.of(1)));
    assert.deepEqual(slow.calls, []);
    if (by === "flush") loop.flush();
    else loop.round("none");
    slow.check(senders.map(({ handedOverMs }) => handedOverMs), RING_SENDS);
    loop.round("none");
    loop.close();
    wake.close();
  });
}
