/** The models of the live page without a browser: history, events, keys, the figures of the top bar. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ApiRun } from "../../src/server/api_types.ts";
import { HeatHistory } from "../../web/model/heat_history.ts";
import { type HistoryStep, RunHistory } from "../../web/model/history.ts";
import { tabOf } from "../../web/model/page_address.ts";
import { ShortcutReader } from "../../web/model/shortcuts.ts";
import { EventParser, followEvents, type StreamEvent } from "../../web/source/event_stream.ts";
import { liveRequestsChart, liveTimesChart } from "../../web/view/live_charts.ts";
import { describeState, documentTitle, progressOf, topFigures } from "../../web/view/top_bar.ts";

function step(second: number, more: Partial<HistoryStep> = {}): HistoryStep {
  const times = { p50Ms: 1, p90Ms: 2, p95Ms: 3, p99Ms: 4, meanMs: 1 };
  return { second, seconds: 1, users: 5, requests: 10, failures: 0, ...times, ...more };
}

test("RunHistory takes each step once, in order, also when it grows", () => {
  const history = new RunHistory();
  history.add(Array.from({ length: 1500 }, (_, second) => step(second)));
  history.add([step(1499), step(1500)]);
  assert.equal(history.length, 1501);
  assert.equal(history.lastTick, 1501);
  assert.deepEqual([...history.read().second.slice(-2)], [1499, 1500]);
});

test("a second without a measured time is a gap in the chart, and its rate is 0", () => {
  const history = new RunHistory();
  const silent = { requests: 0, p50Ms: null, p90Ms: null, p95Ms: null, p99Ms: null, meanMs: null };
  history.add([step(0), step(1, silent), step(2, { seconds: 10, requests: 50 })]);
  const parts = { columns: history.read(), markers: [], thresholds: [] };
  assert.deepEqual(liveTimesChart(parts).lines[0]?.values, [1, null, 1]);
  assert.deepEqual(liveRequestsChart(parts).lines[0]?.values, [10, 0, 5]);
});

test("a long history is drawn by its largest values: no spike is lost", () => {
  const history = new RunHistory();
  history.add(Array.from({ length: 6000 }, (_, second) => step(second, second === 4321 ? { p99Ms: 999 } : {})));
  const chart = liveTimesChart({ columns: history.read(), markers: [], thresholds: [] });
  assert.ok(chart.x.length <= 1800);
  assert.ok(chart.lines[2]?.values.includes(999));
});

test("HeatHistory stays bounded and loses no count", () => {
  const heat = new HeatHistory();
  for (let second = 0; second < 36_000; second++) {
    heat.add([{ second, seconds: 1, times: [[1000, 2], [second % 7 + 2000, 1]] }]);
  }
  const spans = heat.read();
  assert.ok(spans.length <= 480);
  assert.equal(spans.flatMap(({ times }) => times).reduce((sum, [, count]) => sum + count, 0), 3 * 36_000);
  assert.equal(heat.lastTick, 36_000);
});

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

test("ShortcutReader: g and a letter opens a tab, a slow or wrong one does not, a modified key means nothing", () => {
  const reader = new ShortcutReader();
  const press = (key: string, atMs: number, isModified = false) => reader.read({ key, atMs, isModified });
  assert.equal(press("g", 0), undefined);
  assert.deepEqual(press("l", 100), { kind: "tab", key: "logViewer" });
  press("g", 1000);
  assert.equal(press("l", 9000), undefined);
  assert.deepEqual(press("e", 9100), { kind: "edit" });
  assert.equal(press("/", 9200, true), undefined);
});

test("tabOf() reads Locust's key, and the first tab without one", () => {
  assert.equal(tabOf("?x=1&tab=logViewer"), "logViewer");
  assert.equal(tabOf(""), "stats");
});

const RUN: ApiRun = {
  state: "running",
  runId: "1",
  startedAt: null,
  plan: { users: 10, spawnRate: 1, runTimeSeconds: 60, host: null, userClasses: [], shape: null, profile: null },
  elapsedMs: 30_000,
  loadEndedMs: null,
  users: 8,
  targetUsers: 10,
  peakUsers: 9,
  verdict: null,
  stopReason: null,
  exitCode: null,
  waitsFor: [],
  problem: null,
};

test("topFigures(): now while it runs, the whole load after the stop; nothing measured is no zero", () => {
  const read = (run: ApiRun) =>
    Object.fromEntries(
      topFigures({ run, total: undefined, window: undefined }).map(({ label, value, note }) => [label, [value, note]]),
    );
  assert.deepEqual(read(RUN)["Users"], ["8", "of 10"]);
  assert.deepEqual(read(RUN)["Elapsed"], ["0:30", "of 1:00"]);
  assert.equal(read(RUN)["RPS"]?.[0], "–");
  assert.deepEqual(read({ ...RUN, state: "stopped" })["Users"], ["9", "at the peak"]);
  assert.equal(progressOf(RUN), 0.5);
});

test("describeState() says what a stopping run waits for; documentTitle() has state and file", () => {
  const waitsFor = [{ workerId: "a", users: 3, atMostMs: 7500 }, { workerId: "b", users: 2, atMostMs: 100 }];
  assert.equal(describeState({ ...RUN, state: "stopping", waitsFor }), "waiting for 5 users to finish, at most 8 s");
  assert.equal(documentTitle({ run: RUN, total: undefined, window: undefined }, "shop.ts"), "Running · shop.ts");
});
