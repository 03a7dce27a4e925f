import assert from "node:assert/strict";
import { test } from "node:test";
import { OBSERVER_MS, RunObservers } from "../../src/control/run_observers.ts";
import { Environment } from "../../src/user/environment.ts";
import type { RunEventFields } from "../../src/user/events/event_fields.ts";
import { EventHook } from "../../src/user/events/event_hook.ts";
import { onListenerFailure } from "../../src/user/events/listener_failures.ts";
import { FakeClock } from "../support/fake_clock.ts";

const environment = new Environment({ userClasses: [] });

function open() {
  const clock = new FakeClock();
  const hook = new EventHook<RunEventFields>("runEvent");
  const warnings: string[] = [];
  const failures: string[] = [];
  onListenerFailure(({ text }) => failures.push(text));
  const ignore = () => {};
  const logger = { debug: ignore, info: ignore, warning: (text: string) => warnings.push(text) };
  const observers = new RunObservers({ hook, clock, logger: () => logger as never });
  const offer = (...kinds: readonly string[]) => kinds.forEach((kind) => observers.offer({ kind }, environment));
  return { clock, hook, warnings, failures, observers, offer };
}

test("RunObservers hand over one event after the other, in order", async () => {
  const { clock, hook, offer, observers } = open();
  const seen: string[] = [];
  hook.addListener(async ({ event }) => {
    seen.push(`${event.kind} begins`);
    await clock.sleep(100);
    seen.push(`${event.kind} ends`);
  });
  offer("runStarted", "ticked");
  const settled = observers.settle();
  await clock.advance(200);
  await settled;
  assert.deepEqual(seen, ["runStarted begins", "runStarted ends", "ticked begins", "ticked ends"]);
});

test("RunObservers report a listener that throws, and hand over what follows", async () => {
  const { clock, hook, offer, failures } = open();
  const seen: string[] = [];
  hook.addListener(({ event }) => {
    if (event.kind === "a") throw new Error("no");
    seen.push(event.kind);
  });
  hook.addListener(({ event }) => seen.push(`second ${event.kind}`));
  offer("a", "b");
  await clock.advance(0);
  assert.deepEqual(seen, ["second a", "b", "second b"]);
  assert.equal(failures.length, 1);
});

test("RunObservers leave a listener that hangs after its time limit, warn once, and keep the end", async () => {
  const { clock, hook, offer, observers, warnings } = open();
  const seen: string[] = [];
  hook.addListener(({ event }) => {
    seen.push(event.kind);
    return event.kind === "runEnded" ? undefined : new Promise(() => {});
  });
  offer("runStarted", ...Array.from({ length: 500 }, () => "ticked"), "runEnded");
  await clock.advance(OBSERVER_MS);
  await observers.settle(); // at once: one hangs
  await clock.advance(100 * OBSERVER_MS);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /has not ended within 5 s at "runStarted"/);
  assert.equal(seen.at(-1), "runEnded");
  assert.ok(seen.length <= 62, `${seen.length} events were kept`);
});

test("RunObservers.settle() waits for the last events, at most for the time limit", async () => {
  const { clock, hook, offer, observers } = open();
  hook.addListener(() => new Promise(() => {}));
  offer("runEnded");
  let settled = false;
  const settling = observers.settle().then(() => settled = true);
  await clock.advance(OBSERVER_MS - 1);
  assert.equal(settled, false);
  await clock.advance(1);
  await settling;
});
