import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { JointSends } from "../../../src/platform/linux/joint_sends.ts";
import type { Kernel } from "../../../src/platform/linux/mapping.ts";
import { type BatchSender, SendBatch } from "../../../src/platform/linux/send_batch.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

const AF_UNIX = 1;
const SOCK_STREAM_NONBLOCK = 0o4001;
const RECVFROM = process.arch === "arm64" ? 207 : 45;
const MSG_DONTWAIT = 0x40;
const [EAGAIN, EPIPE] = [11, 32];

const libc = openLibc();

/** Pairs of connected sockets, closed with the test, and what the kernel gave for it. */
class Pairs implements Disposable {
  readonly kernel: Kernel = { libc: libc!, resources: new ThreadResources() };

  open(): { readonly near: number; readonly far: number } {
    const pair = new Int32Array(2);
    assert.equal(libc!.socketpair(AF_UNIX, SOCK_STREAM_NONBLOCK, 0, pair), 0);
    const [near = -1, far = -1] = pair;
    for (const fd of pair) this.kernel.resources.addFd(fd);
    return { near, far };
  }

  close(fd: number): void {
    this.kernel.resources.removeFd(fd);
    libc!.close(fd);
  }

  [Symbol.dispose](): void {
    this.kernel.resources.release(libc!);
  }
}

/** All that waits in a socket, as text. */
function receive(fd: number): string {
  const bytes = new Uint8Array(1000);
  const count = libc!.syscallOnMemory(RECVFROM, fd, bytes, bytes.length, MSG_DONTWAIT);
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, count)));
}

class Sender implements BatchSender {
  readonly fd: number;
  handedOverMs = 0;
  result: number | undefined;

  constructor(fd: number) {
    this.fd = fd;
  }

  sendQueued(): void {
    assert.fail("it was to be sent with the others");
  }

  sentQueued(result: number): void {
    this.result = result;
  }
}

function whyNot(): string | false {
  if (libc === undefined) return "there is no libc to call";
  using pairs = new Pairs();
  try {
    return new JointSends(pairs.kernel, 1).isUsable ? false : "sends cannot share a call here";
  } catch (problem) {
    return `this machine has no asynchronous I/O: ${String(problem)}`;
  }
}

const skip = whyNot();

test("SendBatch sends to several sockets by one call, each its own bytes, stamped within the call and in order", {
  skip,
}, () => {
  using pairs = new Pairs();
  const batch = new SendBatch(pairs.kernel);
  const ends = Array.from({ length: 70 }, () => pairs.open());
  for (let round = 1; round <= 3; round++) {
    const senders = ends.map(({ near }) => new Sender(near));
    const fromMs = performance.now();
    senders.forEach((sender, index) => batch.add(sender, new TextEncoder().encode(`${round}:${index}`)));
    batch.flush();
    const toMs = performance.now();
    assert.deepEqual(ends.map(({ far }) => receive(far)), ends.map((_, index) => `${round}:${index}`));
    assert.deepEqual(senders.map(({ result }) => result), senders.map((_, index) => `${round}:${index}`.length));
    const stamps = senders.map(({ handedOverMs }) => handedOverMs);
    assert.ok(stamps.every((ms) => ms >= fromMs && ms <= toMs), `${fromMs} … ${toMs}: ${stamps}`);
    const chunk = stamps.slice(0, 4);
    assert.deepEqual(chunk, chunk.toSorted((a, b) => a - b));
  }
});

test("SendBatch tells each sender what became of its own send: a gone reader and a full one leave the others alone", {
  skip,
}, () => {
  using pairs = new Pairs();
  const batch = new SendBatch(pairs.kernel);
  const [whole, gone, full, last] = [pairs.open(), pairs.open(), pairs.open(), pairs.open()];
  pairs.close(gone.far);
  const block = new Uint8Array(64 * 1024);
  while (libc!.send(full.near, block, block.length, MSG_DONTWAIT) > 0);
  const senders = [whole, gone, full, last].map(({ near }) => new Sender(near));
  for (const sender of senders) batch.add(sender, new TextEncoder().encode("bytes"));
  batch.flush();
  assert.deepEqual(senders.map(({ result }) => result), [5, -EPIPE, -EAGAIN, 5]);
  assert.deepEqual([receive(whole.far), receive(last.far)], ["bytes", "bytes"]);
});

test("JointSends takes none after a request that the kernel does not know, and says so", { skip }, () => {
  using pairs = new Pairs();
  const joint = new JointSends(pairs.kernel, 2);
  joint.set(0, 1_000_000, 0, 0); // no such descriptor
  assert.deepEqual([joint.handOver(1), joint.isUsable], [0, false]);
});
