import assert from "node:assert/strict";
import { test } from "node:test";
import { changeLoad, type KeyedRun } from "../../../src/cli/terminal/change_load.ts";

function press(run: Partial<KeyedRun> & { readonly rate?: number; readonly classes?: number }, by: number): string[] {
  const said: string[] = [];
  const { rate, classes = 0, state = "running" } = run;
  const keyed = {
    state,
    setTarget: (users: number, perSecond: number) => void said.push(`${users} users at ${perSecond}/s`),
    snapshot: () => ({ userCount: 7 }),
    arrivals: rate === undefined ? undefined : {
      planned: () => ({ planned: 0, plannedPerSecond: rate }),
      setRate: (text: string) => void said.push(text),
    },
    settings: {
      load: { kind: "users", users: 1, spawnRate: 1 },
      classes: Array.from({ length: classes }, () => ({ name: "A", weight: 1, fixedCount: 0 })),
    },
  } as unknown as KeyedRun;
  changeLoad(keyed, by, { warning: (text) => void said.push(`warning: ${text}`) });
  return said;
}

test("changeLoad() changes the rate where arrivals are the whole load", () => {
  assert.deepEqual(press({ rate: 50 }, 10), ["60/s"]);
  assert.deepEqual(press({ rate: 0.5 }, 1), ["1.5/s"]);
  assert.match(press({ rate: 1 }, -1)[0] ?? "", /warning: There are 1\/s arrivals/);
});

test("changeLoad() changes the number of users beside arrivals and without them, but not while users start", () => {
  assert.deepEqual(press({ rate: 50, classes: 1 }, 1), ["8 users at 100/s"]);
  assert.deepEqual(press({ classes: 1 }, -10), ["0 users at 100/s"]);
  assert.match(press({ classes: 1, state: "spawning" }, 1)[0] ?? "", /warning: Spawning users/);
});
