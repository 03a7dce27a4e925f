import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { CompilerThreads } from "../../../src/platform/threads/compiler_threads.ts";
import { type Memory, openLibc } from "../../../src/platform/linux/libc.ts";
import { listThreads, nameOfThread } from "../../../src/platform/linux/own_threads.ts";
import { letRealTimePass } from "../../support/real_time.ts";

const [SET, GET] = process.arch === "arm64" ? [274, 275] : [314, 315];
const SCHED_BATCH = 3;
const libc = openLibc();
const skip = libc === undefined ? "the libc cannot be loaded here" : false;

function policyOf(tid: number): number {
  const attributes = new DataView(new ArrayBuffer(56));
  assert.equal(libc!.syscallOnMemory(GET, tid, attributes, 56, 0), 0);
  return attributes.getUint32(4, true);
}

/** Until a compiler thread of this process is there. */
async function compileSomething(): Promise<number[]> {
  for (let round = 0; round < 200; round++) {
    const add = new Function("a", "b", `return a + b + ${round}`) as (a: number, b: number) => number;
    for (let i = 0, sum = 0; i < 100_000; i++) sum = add(sum, i);
    const compilers = listThreads().filter((tid) => nameOfThread(tid) === "JITWorker");
    if (compilers.length > 0) return compilers;
    await letRealTimePass(5);
  }
  return [];
}

test("CompilerThreads.standBack() makes batch work of compilers, and of no other thread", { skip }, async () => {
  const compilers = await compileSomething();
  assert.ok(compilers.length > 0, "nothing was compiled");
  const others = new Map(listThreads().filter((tid) => !compilers.includes(tid)).map((tid) => [tid, policyOf(tid)]));
  const usual = policyOf(0);
  new CompilerThreads().standBack();
  // A policy that a user chose for all threads of the process stays.
  for (const tid of compilers) assert.equal(policyOf(tid), usual === 0 ? SCHED_BATCH : usual);
  for (const [tid, policy] of others) {
    if (nameOfThread(tid) !== "JITWorker" && nameOfThread(tid) !== "") assert.equal(policyOf(tid), policy);
  }
});

test("CompilerThreads.standBack() tells each thread once, and lives with a kernel that refuses", { skip }, async () => {
  const [compiler = 0] = await compileSomething();
  const calls: { readonly call: number; readonly tid: number }[] = [];
  let answer = 0;
  const syscallOnMemory = (call: number, tid: number, memory: Memory) => {
    calls.push({ call, tid });
    if (call === GET) (memory as DataView).setUint32(4, 0, true);
    return answer;
  };
  const compilers = new CompilerThreads(() => ({ syscallOnMemory }));
  for (let look = 0; look < 3; look++) compilers.standBack();
  assert.deepEqual(calls.filter(({ call, tid }) => call === SET && tid === compiler), [{ call: SET, tid: compiler }]);
  answer = -1;
  calls.length = 0;
  new CompilerThreads(() => ({ syscallOnMemory })).standBack();
  assert.ok(calls.some(({ tid }) => tid === compiler));
  assert.ok(calls.every(({ call }) => call === GET));
});

test("CompilerThreads.standBack() does nothing where there is no such kernel", () => {
  let asked = 0;
  new CompilerThreads(() => void asked++).standBack();
  assert.equal(asked, 1);
});
