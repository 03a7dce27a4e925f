import assert from "node:assert/strict";
import { test } from "node:test";
import { KernelSocket } from "../../../src/platform/linux/kernel_socket.ts";
import type { Libc } from "../../../src/platform/linux/libc.ts";
import { ReorderWatch } from "../../../src/platform/linux/reorder_watch.ts";

/** A socket whose kernel is asked how many packets came out of order, and nothing else. */
class StampedSocket extends KernelSocket {
  outOfOrder = 0;
  asked = 0;
  protected readonly libc = {} as Libc;
  protected readonly isSent = true;
  protected readonly reorders = new ReorderWatch({
    getsockopt: (_fd, _level, _option, value) => {
      this.asked++;
      (value as Uint32Array)[56] = this.outOfOrder;
      return 0;
    },
  });

  constructor() {
    super({ data() {}, drained() {}, ended() {}, closed() {} });
    this.fd = 5;
  }

  came(stampMs: number | undefined, roundMs: number): number | undefined {
    return this.trusted(stampMs, roundMs);
  }

  protected send(): boolean {
    return true;
  }
  protected waitWritable(): void {}
  protected release(): void {}
  pause(): void {}
  resume(): void {}
}

test("KernelSocket takes a stamp for what it is, however late the thread looks, while packets come in order", () => {
  const socket = new StampedSocket();
  for (const lateMs of [0, 0.2, 1, 5000]) assert.equal(socket.came(100, 100 + lateMs), 100);
  assert.equal(socket.came(undefined, 100), undefined);
});

test("KernelSocket takes no stamp from packets that came out of order to the end of the answer", () => {
  const socket = new StampedSocket();
  socket.write("GET");
  socket.outOfOrder = 1; // the second of three packets was lost: the third one was stamped, the second came 200 ms later
  assert.equal(socket.came(100, 300), undefined);
  assert.equal(socket.came(101, 301), undefined); // asked for the first part it has told of the gap
  socket.write("GET");
  assert.equal(socket.came(400, 500), 400);
  socket.outOfOrder = 2;
  assert.equal(socket.came(600, 800), undefined);
});

test("KernelSocket asks for no packets out of order where the stamp is as good as new", () => {
  const socket = new StampedSocket();
  assert.equal(socket.came(100, 100.2), 100);
  assert.equal(socket.asked, 0);
});
