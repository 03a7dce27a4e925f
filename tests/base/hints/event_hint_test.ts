import assert from "node:assert/strict";
import { test } from "node:test";
import { EVENT_NAMES, hintAtEvent } from "../../../src/base/hints/event_hint.ts";
import { Events } from "../../../src/user/events/events.ts";

const ROWS: readonly (readonly [message: string, hint: string | undefined])[] = [
  [
    "undefined is not an object (evaluating 'events.testStarted.addListener')",
    'there is no event "testStarted"; write events.testStart',
  ],
  [
    "undefined is not an object (evaluating 'events.request_success.addListener')",
    'there is no event "request_success"; write events.request',
  ],
  [
    "undefined is not an object (evaluating 'events.test_start.addListener')",
    'there is no event "test_start"; write events.testStart',
  ],
  [
    "events.quiting is not a function. (In 'events.quiting(() => {})', 'events.quiting' is undefined)",
    'there is no event "quiting"; write events.quitting',
  ],
  ["undefined is not an object (evaluating 'events.orderPlacedSomewhere.addListener')", undefined],
  ["undefined is not an object (evaluating 'events.request.fier')", undefined],
  ["undefined is not an object (evaluating 'own.events.testStarted.addListener')", undefined],
];

for (const [message, hint] of ROWS) {
  test(`hintAtEvent() of ${message}`, () => assert.equal(hintAtEvent(message), hint));
}

test("EVENT_NAMES are those of events", () => {
  assert.deepEqual([...EVENT_NAMES].sort(), Object.keys(new Events()).sort());
});
