import assert from "node:assert/strict";
import { test } from "node:test";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

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

test("what does not fit into the list is left out", () => {
  const thread = new ThreadResources();
  thread.addFd(2 ** 30);
  thread.removeFd(2 ** 30);
  for (let index = 1; index <= 100; index++) thread.addMapping(index * 4096, 4096);
  const calls = new Calls();
  new ThreadResources(thread.memory).release(calls);
  assert.equal(calls.made.length, 16);
});
