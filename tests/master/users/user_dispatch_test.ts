import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Assignment, UserDispatch } from "../../../src/master/users/user_dispatch.ts";

const CLASSES = [{ name: "A", weight: 20, fixedCount: 0 }, { name: "B", weight: 25, fixedCount: 0 }];

/** A worker that does what it is told, as far as its numbers go. */
class Follower {
  users: Record<string, number> = {};
  spare: Record<string, number[]> = {};
  readonly started: number[] = [];

  take(assignment: Assignment): void {
    for (const [name, indexes] of Object.entries(assignment.fresh)) (this.spare[name] ??= []).push(...indexes);
    for (const name of new Set([...Object.keys(this.users), ...Object.keys(assignment.users)])) {
      const wanted = assignment.users[name] ?? 0;
      while ((this.users[name] ?? 0) < wanted) {
        const index = this.spare[name]?.shift();
        assert.notEqual(index, undefined, `no number for a new ${name}`);
        this.started.push(index as number);
        this.users[name] = (this.users[name] ?? 0) + 1;
      }
      this.users[name] = Math.min(this.users[name] ?? 0, wanted);
    }
  }
}

function sum(followers: Iterable<Follower>): Record<string, number> {
  const total: Record<string, number> = {};
  for (const follower of followers) {
    for (const [name, count] of Object.entries(follower.users)) {
      if (count > 0) total[name] = (total[name] ?? 0) + count;
    }
  }
  return total;
}

test("UserDispatch.resize() gives 20 and 25 of 45 users, over three workers", () => {
  const dispatch = new UserDispatch(CLASSES);
  const followers = new Map(["w1", "w2", "w3"].map((id) => [id, new Follower()]));
  dispatch.setWorkers([...followers.keys()].map((id) => ({ id, threads: 1 })));
  for (let users = 1; users <= 45; users++) {
    for (const assignment of dispatch.resize(users)) followers.get(assignment.workerId)?.take(assignment);
  }
  assert.deepEqual(sum(followers.values()), { A: 20, B: 25 });
  assert.deepEqual([...followers.values()].flatMap((each) => each.started).sort((a, b) => a - b), [
    ...Array(45).keys(),
  ]);
});

test("UserDispatch.setWorkers() moves users of a lost worker to the others and gives no number twice", () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("resize" as const), users: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: fc.constant("join" as const), worker: fc.integer({ min: 0, max: 4 }) }),
      fc.record({ kind: fc.constant("leave" as const), worker: fc.integer({ min: 0, max: 4 }) }),
    ),
    { maxLength: 30 },
  );
  fc.assert(fc.property(steps, (list) => {
    const dispatch = new UserDispatch(CLASSES);
    const all = new Map<string, Follower>();
    const present = new Map<string, Follower>();
    const deliver = (assignments: readonly Assignment[]) => {
      for (const assignment of assignments) present.get(assignment.workerId)?.take(assignment);
    };
    for (const step of list) {
      if (step.kind === "resize") deliver(dispatch.resize(step.users));
      else {
        const id = `w${step.worker}`;
        if (step.kind === "leave") present.delete(id);
        else {
          const follower = all.get(id) ?? new Follower(); // it still runs what it had
          all.set(id, follower);
          present.set(id, follower);
        }
        deliver(dispatch.setWorkers([...present.keys()].map((each) => ({ id: each, threads: 1 }))));
      }
      if (present.size > 0) {
        const { A = 0, B = 0 } = dispatch.usersByClass;
        assert.deepEqual(sum(present.values()), { ...(A > 0 ? { A } : {}), ...(B > 0 ? { B } : {}) });
      }
    }
    const started = [...all.values()].flatMap((each) => each.started);
    assert.equal(new Set(started).size, started.length);
  }));
});
