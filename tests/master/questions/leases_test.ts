import assert from "node:assert/strict";
import { test } from "node:test";
import { Leases } from "../../../src/master/questions/leases.ts";
import type { LeaseAnswer } from "../../../src/protocol/question_message.ts";

/** What each request was answered with; undefined: it waits. */
function ask(leases: Leases, holder: string, request: { want?: number; used?: number; size?: number | null } = {}) {
  const { want = 1, used = 0, size = 10 } = request;
  const answers: LeaseAnswer[] = [];
  const outcome = leases.request({ holder, name: "rows", size, want, used }, (answer) => void answers.push(answer));
  return { answers, outcome };
}

test("Leases grants the lowest numbers first, and near the end fewer than asked for", () => {
  const leases = new Leases();
  assert.deepEqual(ask(leases, "a", { want: 100 }).answers, [{ ranges: [[0, 5]], isEnded: false }]);
  assert.deepEqual(ask(leases, "b", { want: 100 }).answers, [{ ranges: [[5, 7]], isEnded: false }]);
  assert.deepEqual(ask(leases, "a", { want: 100, used: 5 }).answers, [{ ranges: [[7, 8]], isEnded: false }]);
  assert.deepEqual(leases.progress(), [{ name: "rows", size: 10, used: 8, left: 2, unsure: 0 }]);
});

test("Leases grants what was given back, and nothing twice", () => {
  const leases = new Leases();
  ask(leases, "a", { want: 5 });
  leases.giveBack("a", "rows", [[3, 5]], 3);
  assert.deepEqual(ask(leases, "b", { want: 2 }).answers, [{ ranges: [[3, 5]], isEnded: false }]);
  assert.deepEqual(leases.progress(), [{ name: "rows", size: 10, used: 5, left: 5, unsure: 0 }]);
});

test("Leases says that all is used up only when nobody can give anything back", () => {
  const leases = new Leases();
  ask(leases, "a", { want: 1, size: 1 });
  const waiting = ask(leases, "b", { size: 1 });
  assert.deepEqual(waiting.answers, [], "a may not have used it");
  leases.giveBack("a", "rows", [], 1);
  assert.deepEqual(waiting.answers, [{ ranges: [], isEnded: true }]);
});

test("Leases gives a number that comes back to the one that waits", () => {
  const leases = new Leases();
  ask(leases, "a", { want: 1, size: 1 });
  const waiting = ask(leases, "b", { size: 1 });
  leases.giveBack("a", "rows", [[0, 1]], 0);
  assert.deepEqual(waiting.answers, [{ ranges: [[0, 1]], isEnded: false }]);
});

test("Leases waits for nothing of a holder that is gone, keeps what it has, and counts that as unsure", () => {
  const leases = new Leases();
  ask(leases, "a", { want: 3, size: 6 });
  ask(leases, "a", { want: 3, size: 6, used: 2 });
  ask(leases, "b", { want: 1, size: 6 });
  const waiting = ask(leases, "b", { size: 6, used: 1 });
  leases.setGone((holder) => holder === "a");
  assert.deepEqual(waiting.answers, [{ ranges: [], isEnded: true }]);
  const [progress] = leases.progress();
  assert.deepEqual(progress, { name: "rows", size: 6, used: 6, left: 0, unsure: 3 });
  leases.setGone(() => false);
  assert.equal(leases.progress()[0]?.unsure, 0, "it is back, with what it had");
});

test("Leases refuses another size under the same name, and more names than a run can have", () => {
  const leases = new Leases();
  ask(leases, "a");
  assert.match(String(ask(leases, "b", { size: 11 }).outcome), /11 rows here and 10 rows in another thread/);
  for (let index = 0; index < 2000; index++) {
    leases.request({ holder: "a", name: `n${index}`, size: 1, want: 1, used: 0 }, () => {});
  }
  assert.equal(leases.progress().length, 1000);
});

test("Leases.restore() continues where takeChanges() was, with what holders had", () => {
  const leases = new Leases();
  ask(leases, "a", { want: 5 });
  leases.giveBack("a", "rows", [[1, 2]], 1);
  const restored = Leases.restore(JSON.parse(JSON.stringify(leases.takeChanges())));
  assert.deepEqual(leases.takeChanges(), []);
  assert.deepEqual(restored.progress(), leases.progress());
  assert.deepEqual(ask(restored, "b").answers, [{ ranges: [[1, 2]], isEnded: false }]);
});
