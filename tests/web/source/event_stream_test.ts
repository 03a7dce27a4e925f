/** The stream of events: cut anywhere, broken, refused. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { EventParser, followEvents, type StreamEvent } from "../../../web/source/event_stream.ts";

test("EventParser: any split of the bytes gives the same events", () => {
  const text = ': hello\n\nid: 7\nevent: tick\ndata: {"a":\ndata: 1}\n\nid: 8\r\nevent: log\r\ndata: []\r\n\r\n';
  const wanted: StreamEvent[] = [{ name: "tick", id: "7", data: '{"a":\n1}' }, { name: "log", id: "8", data: "[]" }];
  for (let at = 0; at <= text.length; at++) {
    const events: StreamEvent[] = [];
    const parser = new EventParser((event) => events.push(event));
    parser.push(text.slice(0, at));
    parser.push(text.slice(at));
    assert.deepEqual(events, wanted, `cut at ${at}`);
  }
});

test("followEvents() reconnects with the last id, says lost once, and stops at a 401", async () => {
  const ids: (string | null)[] = [];
  const states: string[] = [];
  const answers = [
    () => new Response("id: 5\nevent: tick\ndata: 1\n\n"),
    () => new Response("busy", { status: 503 }),
    () => new Response("busy", { status: 503 }),
    () => new Response("id: 6\nevent: tick\ndata: 2\n\n"),
    () => new Response("log in", { status: 401 }),
  ];
  let isLoginNeeded = false;
  await followEvents({
    url: "events",
    fetch: (_, init) => {
      ids.push(new Headers(init?.headers).get("last-event-id"));
      return Promise.resolve((answers.shift() as () => Response)());
    },
    wait: () => Promise.resolve(),
    onEvent: () => {},
    onState: (state) => states.push(state),
    onLoginNeeded: () => isLoginNeeded = true,
  }, new AbortController().signal);
  assert.deepEqual(ids, [null, "5", "5", "5", "6"]);
  assert.deepEqual(states, ["live", "lost", "live", "lost"]);
  assert.ok(isLoginNeeded);
});
