import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, createGunzip } from "node:zlib";
import { type EncodedForm, encodeEvent, EventLog } from "../../../src/server/feed/event_log.ts";
import { openEventStream } from "../../../src/server/api/event_stream.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import type { SummaryVerdict } from "../../../src/report/summary/summary.ts";
import type { ApiSnapshot } from "../../../src/server/answers/api_snapshot.ts";

const VERDICT: SummaryVerdict = { kind: "valid", doubts: [], notes: [] };

function open(log: EventLog, lastId?: number, form: EncodedForm = "plain") {
  const clock = new FakeClock();
  const closing = new AbortController();
  const stream = openEventStream({
    log,
    clock,
    form,
    lastId,
    snapshot: () => encodeEvent(log.lastId, "snapshot", { tick: 0 } as ApiSnapshot),
    isAllowed: () => true,
    closing: closing.signal,
  });
  const reader = stream.getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  return { clock, closing, reader, read };
}

const idsIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));

describe("openEventStream()", () => {
  test("begins with a snapshot, then sends each event once, with rising ids", async () => {
    const log = new EventLog(1000);
    const { read } = open(log);
    assert.match(await read(), /^id: 1000\nevent: snapshot\n/);
    log.add("verdict", VERDICT);
    log.add("verdict", VERDICT);
    assert.deepEqual(idsIn(await read()), [1001, 1002]);
  });
  test("goes on after Last-Event-ID without a gap where the events are still there, else with a snapshot", async () => {
    const log = new EventLog(1000);
    for (let i = 0; i < 5; i++) log.add("verdict", VERDICT);
    assert.deepEqual(idsIn(await open(log, 1002).read()), [1003, 1004, 1005]);
    assert.match(await open(log, 999).read(), /^id: 1005\nevent: snapshot/);
    assert.match(await open(log, 2000).read(), /^id: 1005\nevent: snapshot/, "of an earlier process that went further");
  });
  test("gives a reader that is behind one snapshot in place of what it missed", async () => {
    const log = new EventLog(1000);
    const { read } = open(log);
    await read();
    for (let i = 0; i < 400; i++) log.add("verdict", VERDICT);
    const next = await read();
    const events = [next, await Promise.race([read(), Promise.resolve("")])].join("");
    assert.ok(idsIn(events).includes(1400));
    assert.ok(idsIn(events).length < 40, "few events, and the newest");
  });
  test("sends a comment when nothing has happened for a while", async () => {
    const log = new EventLog(1000);
    const { read, clock } = open(log);
    await read();
    const next = read();
    await clock.advance(15_000);
    assert.match(await next, /^:/);
  });
  test("ends when the server closes", async () => {
    const { read, reader, closing } = open(new EventLog(1000));
    await read();
    const next = reader.read();
    closing.abort();
    assert.equal((await next).done, true);
  });
  test("a gzip stream can begin with any event, and each event is compressed once for all readers", async () => {
    const log = new EventLog(1000);
    for (let i = 0; i < 3; i++) log.add("verdict", VERDICT);
    const [event] = log.since(1002) ?? [];
    assert.equal(event?.bytes("gzip"), event?.bytes("gzip"));
    const { reader } = open(log, 1001, "gzip");
    const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
    const chunks: string[] = [];
    gunzip.on("data", (chunk) => chunks.push(String(chunk)));
    for (let i = 0; i < 2; i++) gunzip.write((await reader.read()).value);
    await new Promise<void>((resolve) => gunzip.flush(() => resolve()));
    assert.deepEqual(idsIn(chunks.join("")), [1002, 1003]);
  });
});
