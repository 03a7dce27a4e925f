/** Streams, lines, decompression, `fetch` and the end of a user, in both clients. */
import { sumUsOf } from "../../support/fake_owner.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import zlib from "node:zlib";
import { UserStopped } from "../../../src/http/session/control_flow.ts";
import { CLIENTS, openBench } from "../../support/clients.ts";
import type { Page } from "../../support/http_system.ts";
import { afterRealTime } from "../../support/real_time.ts";

const TEXT = "line 1\r\nline 2\n\nlast ä";

const CODINGS: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ["gzip", (text) => zlib.gzipSync(text)],
  ["deflate", (text) => zlib.deflateSync(text)],
  ["br", (text) => zlib.brotliCompressSync(text)],
  ["zstd", (text) => zlib.zstdCompressSync(text)],
];

function encoded(coding: string, bytes: Uint8Array): Page {
  return (_request, response) => response.writeHead(200, { "Content-Encoding": coding }).end(bytes);
}

for (const client of CLIENTS) {
  for (const [coding, encode] of CODINGS) {
    test(`${client} decodes ${coding}, whole and streamed, and counts decoded bytes`, async () => {
      await using bench = await openBench(client, { "/": encoded(coding, encode(TEXT)) });
      assert.equal(await (await bench.session.get("/")).text(), TEXT);
      assert.equal(bench.owner.drainRow().bytes, new TextEncoder().encode(TEXT).length);
      const streamed = await bench.session.get("/", { stream: true });
      assert.equal(await streamed.text(), TEXT);
      const head = await bench.session.head("/");
      assert.deepEqual([head.status, await head.text()], [200, ""]);
    });
  }

  test(`${client} decodes the charset of the Content-Type`, async () => {
    await using bench = await openBench(client, {
      "/": (_request, response) =>
        response.writeHead(200, { "Content-Type": "text/plain; charset=iso-8859-1" }).end(Uint8Array.of(0xe4)),
    });
    assert.equal(await (await bench.session.get("/")).text(), "ä");
  });

  test(`${client} parts of a buffered body can be read again and again`, async () => {
    await using bench = await openBench(client, { "/": (_request, response) => response.end('{"a":1}') });
    const res = await bench.session.get("/");
    assert.equal(await res.text(), '{"a":1}');
    assert.deepEqual(await res.json(), { a: 1 });
    assert.equal((await res.bytes()).length, 7);
    assert.equal((await res.bytes()).slice(0, 1).buffer.byteLength, 1);
    assert.equal((await res.arrayBuffer()).byteLength, 7);
    assert.equal(await new Response(res.body).text(), '{"a":1}');
  });

  test(`${client} stream: counted at the head with Content-Length, the body comes later`, async () => {
    let finish: (() => void) | undefined;
    await using bench = await openBench(client, {
      "/": (_request, response) => {
        response.writeHead(200, { "Content-Length": 6 });
        response.write("abc");
        finish = () => response.end("def");
      },
      "/chunked": (_request, response) => response.end("x"),
    });
    const res = await bench.session.get("/", { stream: true });
    const row = bench.owner.drainRow();
    assert.deepEqual([row.requests, row.bytes, bench.owner.inFlight], [1, 6, 0]);
    finish!();
    assert.equal(await res.text(), "abcdef");
    assert.equal(sumUsOf(row), Math.round(res.elapsed * 1000));
  });

  test(`${client} stream: without Content-Length the length is 0`, async () => {
    await using bench = await openBench(client, {
      "/": (_request, response) => {
        response.write("abc");
        response.end("def");
      },
    });
    const res = await bench.session.get("/", { stream: true });
    assert.deepEqual([await res.text(), bench.owner.drainRow().bytes], ["abcdef", 0]);
  });

  test(`${client} stream: the end of the block drops a body that nobody read`, async () => {
    let closed: () => void;
    const gone = new Promise<void>((resolve) => closed = resolve);
    await using bench = await openBench(client, {
      "/endless": (_request, response, raw) => {
        raw.socket.on("close", () => closed());
        response.write("first");
      },
    });
    {
      await using res = await bench.session.get("/endless", { stream: true });
      assert.equal(res.status, 200);
    }
    await gone;
  });

  test(`${client} iterLines() gives the lines as they come, decoded`, async () => {
    await using bench = await openBench(client, { "/lines": encoded("gzip", zlib.gzipSync(TEXT)) });
    const lines: string[] = [];
    for await (const line of bench.session.iterLines("/lines")) lines.push(line);
    assert.deepEqual(lines, ["line 1", "line 2", "", "last ä"]);
    for await (const _line of bench.session.iterLines("/post", { method: "post", json: 1, name: "n" })) break;
    for await (const line of bench.session.iterLines("http://127.0.0.1:1/", { name: "dead" })) lines.push(line);
    assert.deepEqual(bench.owner.drainRows(), ["GET /lines 1/0", "POST n 1/0", "GET dead 1/1"]);
  });

  test(`${client} fetch is a WHATWG fetch: URL, Request and string; status, headers, body, url`, async () => {
    await using bench = await openBench(client, {
      "/from": (_request, response) => response.writeHead(302, { Location: "/to" }).end(),
      "/404": (_request, response) => response.writeHead(404, "Gone Fishing").end("no"),
      "/empty": (_request, response) => response.writeHead(204).end(),
    });
    const { fetch } = bench.session; // unbound, as an SDK gets it
    const url = bench.system.url;
    const post = await fetch(`${url}/a`, { method: "POST", body: JSON.stringify({ a: 1 }), headers: { "X-A": "1" } });
    assert.deepEqual([post instanceof Response, post.ok, post.url, post.redirected], [true, true, `${url}/a`, false]);
    const sent = await post.json() as { body: string; headers: Record<string, string> };
    assert.deepEqual([sent.body, sent.headers["x-a"]], ['{"a":1}', "1"]);
    const redirected = await fetch(new URL("/from", url));
    assert.deepEqual([redirected.status, redirected.redirected, redirected.url], [200, true, `${url}/to`]);
    const request = await fetch(new Request(`${url}/r`, { method: "PUT", body: "bytes", headers: { "X-B": "2" } }));
    assert.deepEqual((await request.json() as { body: string }).body, "bytes");
    const missing = await fetch("/404", { name: "by name" });
    assert.deepEqual([missing.status, missing.ok, missing.statusText, await missing.text()], [
      404,
      false,
      "Gone Fishing",
      "no",
    ]);
    assert.equal((await fetch("/empty")).body, null);
    const manual = await fetch("/from", { redirect: "manual" });
    assert.equal(manual.status, 302);
    const name = (path: string) => client === "HttpSession" ? path : `${url}${path}`;
    assert.deepEqual(
      bench.owner.drainRows(),
      [
        `POST ${name("/a")} 1/0`,
        `GET ${name("/from")} 1/0`,
        `PUT ${name("/r")} 1/0`,
        "GET by name 1/1",
        "GET /empty 1/0",
        "GET /from 1/0",
      ].filter((row, index, rows) => rows.indexOf(row) === index).map((row) =>
        row === "GET /from 1/0" && client === "HttpSession" ? "GET /from 2/0" : row
      ),
    );
  });

  test(`${client} fetch throws a TypeError when the network fails, and counts it`, async () => {
    await using bench = await openBench(client, {
      "/from": (_request, response) => response.writeHead(302, { Location: "/to" }).end(),
      "/cut": (_request, response) => {
        response.writeHead(200, { "Content-Length": 100 });
        response.write("half", () => response.destroy());
      },
    });
    const { fetch } = bench.session;
    await assert.rejects(fetch("http://127.0.0.1:1/", { name: "a" }), {
      name: "TypeError",
      message: /ConnectionRefused/,
    });
    await assert.rejects(fetch("/from", { redirect: "error", name: "b" }), TypeError);
    await assert.rejects(fetch("/cut", { name: "c" }), TypeError);
    await assert.rejects(fetch("http://[bad/"), TypeError);
    assert.deepEqual(bench.owner.drainRows(), ["GET a 1/1", "GET b 1/1", "GET c 1/1"]);
    assert.equal(bench.owner.inFlight, 0);
  });

  test(`${client} fetch hands an event stream on as it comes, and shares cookies and connections`, async () => {
    let send: ((text: string) => void) | undefined;
    await using bench = await openBench(client, {
      "/login": (_request, response) => response.writeHead(200, { "Set-Cookie": "sid=1; Path=/" }).end(),
      "/events": (_request, response) => {
        response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8" });
        response.write("data: 1\n\n");
        send = (text) => response.end(text);
      },
    });
    await bench.session.get("/login");
    const response = await bench.session.fetch("/events");
    assert.deepEqual(bench.owner.drainRows(), ["GET /login 1/0", "GET /events 1/0"]);
    send!("data: 2\n\n");
    assert.equal(await response.text(), "data: 1\n\ndata: 2\n\n");
    assert.equal(bench.system.seen.at(-1)!.headers.cookie, "sid=1");
  });

  test(`${client} a signal of the caller rejects with its reason and counts as abandoned`, async () => {
    await using bench = await openBench(client, { "/": () => {} });
    for (
      const send of [
        (signal: AbortSignal) => bench.session.get("/", { signal }),
        (signal: AbortSignal) => bench.session.fetch("/", { signal }),
      ]
    ) {
      const abort = new AbortController();
      const call = send(abort.signal);
      afterRealTime(20, () => abort.abort(new RangeError("enough")));
      await assert.rejects(async () => await call, { name: "RangeError", message: "enough" });
      const delta = bench.owner.drain();
      assert.deepEqual([delta.entries, delta.abandoned, bench.owner.inFlight], [[], 1, 0]);
    }
  });

  test(`${client} a stop lets the request in flight finish and count, then the call throws`, async () => {
    await using bench = await openBench(client, {
      "/": (_request, response) => {
        bench.owner.isStopping = true;
        response.end("done");
      },
    });
    for (const options of [undefined, { name: "/" }]) {
      bench.owner.isStopping = false;
      await assert.rejects(async () => await bench.session.get("/", options), UserStopped);
      assert.deepEqual([bench.owner.drainRows(), bench.owner.inFlight], [["GET / 1/0"], 0]);
      await assert.rejects(async () => await bench.session.get("/", options), UserStopped);
      assert.deepEqual(bench.owner.drainRows(), [], "nothing more is sent");
    }
    assert.equal(bench.system.seen.length, 2);
  });

  test(`${client} the abort at the end of a stop counts requests as abandoned`, async () => {
    const { FakeOwner } = await import("../../support/fake_owner.ts");
    for (const options of [undefined, { name: "/" }]) {
      const owner = new FakeOwner();
      await using bench = await openBench(client, { "/": () => afterRealTime(20, () => owner.abort()) }, {}, owner);
      await assert.rejects(async () => await bench.session.get("/", options), UserStopped);
      const delta = owner.drain();
      assert.deepEqual([delta.entries, delta.abandoned, owner.inFlight], [[], 1, 0]);
    }
  });

  test(`${client} a unresponsive user's call never settles and sends nothing`, async () => {
    await using bench = await openBench(client);
    bench.owner.beforeRequest = () => new Promise<never>(() => {});
    const first = await Promise.race([
      bench.session.get("/"),
      bench.session.fetch("/"),
      Promise.resolve("unresponsive"),
    ]);
    assert.deepEqual([first, bench.system.seen.length, bench.owner.inFlight], ["unresponsive", 0, 0]);
  });
}
