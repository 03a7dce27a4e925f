import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket as NodeSocket } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { openOwnSockets, type OwnSocketKind } from "../../../src/platform/linux/connect_own_socket.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import { startThread } from "../../../src/platform/threads/threads.ts";
import { letRealTimePass } from "../../support/real_time.ts";
import type { TrafficOrder } from "../../support/traffic_thread.ts";

class Calls {
  readonly made: string[] = [];
  close(fd: number): number {
    this.made.push(`close ${fd}`);
    return 0;
  }
  munmap(address: unknown, length: number): number {
    this.made.push(`munmap ${String(address)} ${length}`);
    return 0;
  }
  syscallOnAio(_call: number, context: number): number {
    this.made.push(`io_destroy ${context}`);
    return 0;
  }
}

test("the owner gives back what its thread had, descriptors before the memory that a ring writes to", () => {
  const thread = new ThreadResources();
  for (const fd of [3, 31, 32, 63, 1000, 200_000]) thread.addFd(fd);
  thread.addMapping(2 ** 46, 4096);
  thread.addAioContext(2 ** 45);
  const calls = new Calls();
  new ThreadResources(thread.memory).release(calls);
  assert.deepEqual(calls.made, [
    "close 3",
    "close 31",
    "close 32",
    "close 63",
    "close 1000",
    "close 200000",
    `munmap ${2 ** 46} 4096`,
    `io_destroy ${2 ** 45}`,
  ]);
});

test("what the thread gave back by itself is not given back again, and nothing is given back twice", () => {
  const thread = new ThreadResources();
  thread.addFd(31);
  thread.addFd(5);
  thread.removeFd(31);
  thread.addMapping(8192, 1);
  thread.addMapping(4096, 2);
  thread.removeMapping(8192);
  const calls = new Calls();
  const owner = new ThreadResources(thread.memory);
  owner.release(calls);
  owner.release(calls);
  assert.deepEqual(calls.made, ["close 5", "munmap 4096 2"]);
});

test("a descriptor whose closing is queued is given back until the kernel gets the closing", () => {
  const thread = new ThreadResources();
  for (const fd of [5, 6, 7, 8]) thread.addFd(fd);
  thread.closeLater(5);
  thread.closings[0] = 0;
  thread.closeLater(6);
  thread.closeLater(7);
  const calls = new Calls();
  const owner = new ThreadResources(thread.memory);
  owner.release(calls);
  owner.release(calls);
  assert.deepEqual(calls.made, ["close 6", "close 7", "close 8"]);
});

test("what does not fit into the list is left out", () => {
  const thread = new ThreadResources();
  thread.addFd(2 ** 30);
  thread.removeFd(2 ** 30);
  for (let index = 1; index <= 100; index++) thread.addMapping(index * 4096, 4096);
  const calls = new Calls();
  new ThreadResources(thread.memory).release(calls);
  assert.equal(calls.made.length, 16);
});

// ---- threads that are ended while their sockets work

const TRAFFIC = new URL("../../support/traffic_thread.ts", import.meta.url);

/** Of each kind: three tenths of a second each on a busy machine. */
const ENDED_THREADS = [20, 200, 1000][Number(process.env["LOCUST_TS_LONG_TESTS"] ?? 0)] ?? 20;

/** Descriptors; mappings that are shared, those of rings and contexts of asynchronous I/O among them; all mappings; private memory, with the buffers. */
function countWhatTheKernelGave() {
  const maps = readFileSync("/proc/self/maps", "latin1").trimEnd().split("\n");
  const bytesOf = (line: string) => {
    const [from = "", to = ""] = line.split(" ", 1)[0]!.split("-");
    return parseInt(to, 16) - parseInt(from, 16);
  };
  const isPrivate = (line: string) => line.includes(" rw-p ");
  return {
    fds: readdirSync("/proc/self/fd").length,
    shared: maps.filter((line) => /^\S+ ...s/.test(line)).length,
    mappings: maps.length,
    privateMb: Math.round(maps.filter(isPrivate).reduce((sum, line) => sum + bytesOf(line), 0) / 2 ** 20),
  };
}

for (const kind of ["uring", "epoll"] as const satisfies OwnSocketKind[]) {
  const skip = openOwnSockets(kind, new ThreadResources()) === undefined ? `there are no ${kind} sockets here` : false;

  for (const [connections, rounds] of [["kept", ENDED_THREADS], ["fresh", Math.min(ENDED_THREADS, 60)]] as const) {
    test(
      `${kind}: threads that are ended in the middle of traffic over ${connections} connections leave nothing behind`,
      { skip, timeout: 30_000 + rounds * 600 },
      async () => {
        const peers = new Set<NodeSocket>();
        await using server = createServer((peer) => {
          peers.add(peer);
          peer.on("close", () => peers.delete(peer));
          peer.on("error", () => {});
          peer.on("data", () => peer.write("x".repeat(1000)));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const once = async () => {
          const { promise, resolve, reject } = Promise.withResolvers<string>();
          const thread = startThread<string, TrafficOrder>(TRAFFIC, "traffic", {
            message: resolve,
            failed: (problem) => reject(new Error(problem)),
          });
          thread.post({ socket: kind, port, sockets: 20, connections });
          assert.equal(await promise, kind);
          thread.terminate();
        };
        const openSockets = () =>
          new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
        const { shared } = countWhatTheKernelGave();
        const settle = async (left: number) => {
          const isOver = async () => await openSockets() <= left && countWhatTheKernelGave().shared <= shared;
          for (const untilMs = performance.now() + 10_000; !await isOver() && performance.now() < untilMs;) {
            await letRealTimePass(5);
          }
          return openSockets();
        };
        for (let index = 0; index < 3; index++) await once();
        await settle(1);
        const before = countWhatTheKernelGave();
        for (let index = 0; index < rounds; index++) await once();
        // A thread can be ended right after it got a descriptor, before it has noted it.
        const left = connections === "kept" ? 0 : 2 + rounds / 20;
        const open = await settle(left);
        const after = countWhatTheKernelGave();
        for (const peer of peers) peer.destroy();
        const both = JSON.stringify({ before, after, open });
        assert.ok(open <= left, both); // else a peer has a connection left: a socket of an ended thread was not closed
        assert.ok(after.fds <= before.fds + 5 + 2 * left, both);
        assert.ok(after.shared <= before.shared, both);
        assert.ok(after.mappings <= before.mappings + 50, both);
        assert.ok(after.privateMb <= before.privateMb + 50, both);
      },
    );
  }
}
