import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurnMemory, SharedTurns } from "../../../src/user/cluster/shared_turns.ts";

test("SharedTurns.counter() gives each number once to all that share the memory, by name", () => {
  const memory = createTurnMemory();
  const [one, other] = [new SharedTurns(memory).counter("a"), new SharedTurns(memory).counter("a")];
  assert.deepEqual([one(), other(), other(), one()], [0, 1, 2, 3]);
  assert.equal(new SharedTurns(memory).counter("b")(), 0);
  assert.equal(new SharedTurns().counter("a")(), 0, "another machine");
});

test("SharedTurns.counter() keeps as many names apart as it has room for, and says when there are more", () => {
  const turns = new SharedTurns();
  for (let name = 0; name < 4096; name++) assert.equal(turns.counter(`feed ${name}`)(), 0);
  assert.equal(turns.counter("feed 7")(), 1);
  assert.throws(() => turns.counter("one more"), /a run has more than 4096 feeds; give feeds names that have no ids/);
});
