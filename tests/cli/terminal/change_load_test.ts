import assert from "node:assert/strict";
import { test } from "node:test";
import { changeLoad, keyedLoad, type KeyedRun, type LoadKey } from "../../../src/cli/terminal/change_load.ts";

interface Pressed extends Partial<KeyedRun> {
  readonly rate?: number;
  readonly targets?: readonly number[];
  readonly classes?: number;
}

function press(run: Pressed, by: number, kind: LoadKey["kind"] = "changeUsers"): string[] {
  const said: string[] = [];
  const { rate, targets = [], classes = 0, state = "running" } = run;
  const keyed = {
    state,
    setTarget: (users: number, perSecond: number) => void said.push(`${users} users at ${perSecond}/s`),
    snapshot: () => ({ userCount: 7 }),
    arrivals: rate === undefined && targets.length === 0 ? undefined : {
      schedule: {
        planned: () => rate === undefined ? undefined : ({ planned: 0, plannedPerSecond: rate }),
        classes: () => targets.map((plannedPerSecond, i) => ({ name: `C${i}`, kind: "target", plannedPerSecond })),
      },
      setRate: (text: string, of = "arrivals") => void said.push(of === "arrivals" ? text : `${of} ${text}`),
    },
    settings: {
      load: { kind: "users", users: 1, spawnRate: 1 },
      classes: Array.from({ length: classes }, () => ({ name: "A", weight: 1, fixedCount: 0 })),
      ...(targets.length === 0 ? {} : { targets }),
    },
  } as unknown as KeyedRun;
  changeLoad(keyed, { kind, by: by as LoadKey["by"] }, { warning: (text) => void said.push(`warning: ${text}`) });
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

test("changeLoad() changes the target rate of all classes that have one together, by keys of its own", () => {
  assert.deepEqual(press({ targets: [20, 30], classes: 2 }, 10, "changeTargetRate"), ["targets 60/s"]);
  assert.deepEqual(press({ targets: [20], classes: 1, state: "spawning" }, -1, "changeTargetRate"), ["targets 19/s"]);
  assert.match(
    press({ targets: [1], classes: 1 }, -10, "changeTargetRate")[0] ?? "",
    /warning: The target rate is 1\/s/,
  );
  assert.deepEqual(press({ classes: 1 }, 1, "changeTargetRate"), [], "no class has one");
  assert.deepEqual(press({ targets: [20], classes: 1 }, 1), ["8 users at 100/s"], "w is for users");
});

test("keyedLoad() says what the keys change", () => {
  const settings = { classes: [{ name: "A", weight: 1, fixedCount: 0 }], targets: [] };
  const run = { arrivals: { schedule: { planned: () => undefined } }, settings } as unknown as KeyedRun;
  assert.deepEqual(keyedLoad(run), { load: "user", hasTargetRate: true });
  const open = { arrivals: { schedule: { planned: () => ({}) } }, settings: { classes: [] } } as unknown as KeyedRun;
  assert.deepEqual(keyedLoad(open), { load: "arrival/s", hasTargetRate: false });
});
