import assert from "node:assert/strict";
import { test } from "node:test";
import { UserStopped } from "../../../src/http/session/control_flow.ts";
import type { HttpRes } from "../../../src/http/session/http_res.ts";
import { HttpSender } from "../../../src/http/session/http_session.ts";
import { HTTP_TRAITS } from "../../../src/http/session/session_options.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function createBench() {
  const clock = new FakeClock();
  const network = new MemoryNetwork();
  const owner = new FakeOwner({ clock });
  const options = { baseUrl: "http://127.0.0.1:81", connectSocket: network.connect };
  const sender = new HttpSender(options, owner, HTTP_TRAITS);
  const { state } = sender;
  /** Lets time pass until the answer comes, which is `answer` as it stands on the wire. */
  const answered = async <T>(call: Promise<T>, answer: string, afterMs = 7): Promise<T> => {
    call.catch(() => {}); // looked at by the caller
    await settle();
    await clock.advance(afterMs);
    network.last.receive(answer);
    await settle();
    return await call;
  };
  return { clock, network, owner, state, sender, answered };
}

test("RequestSender.send() counts one request with its time, name and bytes, on the fast path and as a chain", async () => {
  for (const options of [undefined, { name: "/named" }, { headers: { "x-a": "1" } }]) {
    const { network, owner, sender, answered } = createBench();
    const res = await answered(sender.send("GET", "/items", options), OK, 12);
    assert.deepEqual([res.status, await res.text()], [200, "ok"]);
    assert.match(network.last.takeSent(), /^GET \/items HTTP\/1\.1\r\n/);
    const { entries } = owner.drain();
    assert.deepEqual(entries.map(({ name, requests, failures, bytes }) => [name, requests, failures, bytes]), [
      [options?.name ?? "/items", 1, 0, 2],
    ]);
    assert.deepEqual([owner.inFlight, owner.calls], [0, ["started", "ended"]]);
  }
});

test("RequestSender.send() resolves for a failure of the target and counts it under its text", async () => {
  const gone = createBench();
  const notFound = await gone.answered(
    gone.sender.send("GET", "/gone", undefined),
    OK.replace("200 OK", "404 Not Found"),
  );
  assert.deepEqual([notFound.status, gone.owner.drainFailures()], [404, ["HttpError 404 Not Found"]]);

  const broken = createBench();
  const call = broken.sender.send("POST", "/", { body: "x" });
  await settle();
  broken.network.last.break();
  assert.equal((await call).status, 0);
  assert.deepEqual(broken.owner.drainFailures(), ["ConnectionReset"]);

  const silent = createBench();
  const late = silent.sender.send("GET", "/", { timeout: { total: 1 } });
  await settle();
  await silent.clock.advance(1100);
  assert.equal((await late).status, 0);
  assert.deepEqual(silent.owner.drainFailures(), ["Timeout (total)"]);
  for (const { owner } of [gone, broken, silent]) assert.equal(owner.inFlight, 0);
});

test("RequestSender.send() rejects for a mistake of the caller, before anything is sent or counted", async () => {
  const { owner, sender, network } = createBench();
  await assert.rejects(sender.send("GET", "/", { timeout: "soon" as never }), /timeout/);
  await assert.rejects(sender.send("GET", 7 as never, undefined), /7|number/);
  assert.deepEqual([network.tried.length, owner.inFlight, owner.calls], [0, 0, []]);
});

test("RequestSender.send() of a user that must stop sends nothing; one in flight counts, then throws", async () => {
  const { owner, sender, network, answered } = createBench();
  const call = sender.send("GET", "/", undefined);
  await settle();
  owner.isStopping = true;
  await assert.rejects(answered(call, OK), UserStopped);
  assert.equal(owner.drain().entries[0]?.requests, 1);
  await assert.rejects(sender.send("GET", "/", undefined), UserStopped);
  assert.equal(network.last.takeSent().match(/GET/g)?.length, 1);
});

test("RequestSender.send() with catchResponse counts what the block decides, once", async () => {
  const { owner, sender, answered } = createBench();
  const judge = (catchResponse: (res: HttpRes) => void) => answered(sender.send("GET", "/", { catchResponse }), OK);
  await judge((res) => res.failure("sold out"));
  await judge(() => {});
  await assert.rejects(
    judge(() => {
      throw new RangeError("a mistake of the test");
    }),
    /a mistake/,
  );
  const { entries, failures } = owner.drain();
  assert.deepEqual(entries.map(({ requests, failures }) => [requests, failures]), [[2, 1]]);
  assert.deepEqual(failures.map(({ text }) => text), ["sold out"]);
  assert.equal(owner.inFlight, 0, "one that was dropped has ended as well");
});

test("RequestSender follows a redirect as a part of one request, and keeps its cookie", async () => {
  const { owner, sender, network, answered, state } = createBench();
  const call = sender.send("GET", "/old", undefined);
  await settle();
  const moved = "HTTP/1.1 302 Found\r\nLocation: /new\r\nSet-Cookie: sid=1\r\nContent-Length: 0\r\n\r\n";
  network.last.receive(moved);
  const res = await answered(call, OK);
  assert.equal(res.status, 200);
  assert.match(network.last.takeSent(), /GET \/new HTTP\/1\.1\r\n(?:.*\r\n)*cookie: sid=1\r\n/i);
  assert.deepEqual(owner.drain().entries.map(({ name, requests }) => [name, requests]), [["/old", 1]]);
  state.close();
});

test("RequestSender tells listeners of a request after it was counted and before it has ended", async () => {
  const { owner, sender, answered } = createBench();
  owner.listen();
  await answered(sender.send("GET", "/", undefined), OK, 9);
  assert.deepEqual(owner.calls, ["started", "fired", "ended"]);
  assert.deepEqual(owner.events.map(({ name, responseLength }) => [name, responseLength]), [["/", 2]]);
});

test("RequestSender: the abort at the end of a stop counts requests as abandoned, and in no row", async () => {
  const { owner, sender } = createBench();
  const call = sender.send("GET", "/", undefined);
  await settle();
  owner.abort();
  await assert.rejects(call, UserStopped);
  const { entries, abandoned } = owner.drain();
  assert.deepEqual([entries, abandoned, owner.inFlight], [[], 1, 0]);
});

test("RequestSender.send() counts a response whose cookie must be looked up first, once and with options or without", async () => {
  for (const options of [undefined, { headers: { "x-a": "1" } }]) {
    const { owner, state, sender, answered } = createBench();
    const received = Promise.withResolvers<readonly string[]>();
    const stored = Promise.withResolvers<void>();
    Object.assign(state.jar, {
      receive(values: readonly string[]): Promise<void> {
        received.resolve(values);
        return stored.promise;
      },
    });
    const call = answered(sender.send("GET", "/items", options), OK.replace("\r\n", "\r\nSet-Cookie: a=1\r\n"));
    assert.deepEqual([await received.promise, owner.calls], [["a=1"], ["started"]]);
    stored.resolve();
    assert.equal((await call).status, 200);
    assert.deepEqual(owner.drain().entries.map(({ name, requests }) => [name, requests]), [["/items", 1]]);
    assert.deepEqual(owner.calls, ["started", "ended"]);
  }
});

test("RequestSender.openValidation() keeps the user's context as it was when the response came", async () => {
  const { owner, sender, answered } = createBench();
  owner.listen();
  owner.userContext = { page: 1 };
  const res = await answered(sender.send("GET", "/", { catchResponse: true, context: { own: true } }), OK);
  owner.userContext = { page: 2 };
  res.success();
  await res[Symbol.asyncDispose]();
  assert.deepEqual(owner.events.map((event) => event.context), [{ page: 1, own: true }]);
});

test("RequestSender.send() with options fires one event, with what a listener of a plain call gets", async () => {
  for (const options of [undefined, { headers: { "x-a": "1" } }, { catchResponse: () => {} }]) {
    const { owner, sender, answered } = createBench();
    owner.listen();
    const res = await answered(sender.send("GET", "/items", options), OK.replace("200 OK", "404 Not Found"), 12);
    const [event, ...more] = owner.events;
    assert.deepEqual([more.length, owner.calls], [0, ["started", "fired", "ended"]]);
    assert.deepEqual([event?.requestType, event?.name, event?.responseTime, event?.responseLength], [
      "GET",
      "/items",
      12,
      2,
    ]);
    assert.deepEqual([event?.exception, event?.response, event?.url], [res.error, res, "http://127.0.0.1:81/items"]);
  }
});
