import { strict as assert } from "node:assert";
import { test } from "node:test";
import { WebLogs } from "../../../../src/cli/run/web/web_logs.ts";
import type { ApiLogLine } from "../../../../src/server/answers/api_types.ts";
import { FakeClock } from "../../../support/fake_clock.ts";

const line = (message: string, wallMs = 0) =>
  ({ level: "INFO", logger: "locust.main", message, wallMs, formatted: message }) as const;

test("WebLogs: a page that stays open over a restart of the program gets the lines of the new one", () => {
  const first = new WebLogs(new FakeClock({ wallMs: 1_790_000_000_000 }), () => {});
  for (let i = 0; i < 300; i++) first.add(line(`before ${i}`));
  const last = first.since(0).lines.at(-1)?.id ?? NaN;
  const second = new WebLogs(new FakeClock({ wallMs: 1_790_000_005_000 }), () => {});
  second.add(line("after"));
  assert.deepEqual(second.since(last).lines.map(({ text }) => text), ["after"]);
});

test("WebLogs: ids rise by 1, lines come in batches, and the dropped ones are counted", async () => {
  const clock = new FakeClock();
  const sent: (readonly ApiLogLine[])[] = [];
  const logs = new WebLogs(clock, (lines) => sent.push(lines));
  assert.deepEqual(logs.since(0), { lines: [], dropped: 0 });
  logs.add(line("one"));
  logs.add(line("two"));
  assert.equal(sent.length, 0);
  await clock.advance(250);
  assert.deepEqual(sent.map((lines) => lines.map(({ text }) => text)), [["one", "two"]]);
  const [one, two] = logs.since(0).lines;
  assert.ok(one !== undefined && two !== undefined);
  assert.equal(two.id, one.id + 1);
  assert.deepEqual(logs.since(one.id).lines.map(({ text }) => text), ["two"]);
  for (let i = 0; i < 2000; i++) logs.add(line(`more ${i}`));
  assert.deepEqual([logs.since(0).lines.length, logs.since(0).dropped], [2000, 2]);
  logs.close();
});
