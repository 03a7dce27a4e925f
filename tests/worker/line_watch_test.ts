import assert from "node:assert/strict";
import { test } from "node:test";
import { LineWatch } from "../../src/worker/line_watch.ts";

const SILENCE = { kind: "failed", reason: "nothing was received from the other side for 5 s" } as const;

test("LineWatch.describeEnd() names the locustfile that was on its way, and what may keep it from coming", () => {
  const line = new LineWatch(() => {});
  line.joined("asked");
  assert.match(line.describeEnd(SILENCE).reason, /for 5 s while the locustfile was on its way \(.* a smaller MTU/);
  const orderly = { kind: "remote", reason: "the other side closed the connection" } as const;
  assert.equal(line.describeEnd(orderly), orderly);
  line.fileCame();
  assert.equal(line.describeEnd(SILENCE), SILENCE);
  line.joined("here");
  assert.equal(line.describeEnd(SILENCE), SILENCE);
});

test("LineWatch.look() warns once per link", () => {
  const warned: string[] = [];
  const line = new LineWatch((text) => void warned.push(text));
  const wait = (seconds: number) => {
    for (let second = 0; second <= seconds; second++) line.look(second * 1000);
  };
  line.joined("here");
  for (let each = 0; each < 5; each++) wait(14);
  assert.deepEqual(warned, []);
  wait(30);
  assert.equal(warned.length, 1);
  line.joined("here");
  wait(20);
  assert.equal(warned.length, 2);
  assert.match(warned[1] ?? "", /^The master has not confirmed figures of this worker for 15 s: /);
});

test("LineWatch.look() does not take the suspension of its own process for a bad line", () => {
  const warned: string[] = [];
  const line = new LineWatch((text) => void warned.push(text));
  line.joined("here");
  for (const ms of [500, 70_000, 71_000, 200]) line.look(ms);
  assert.deepEqual(warned, []);
});
