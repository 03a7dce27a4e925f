/** The bytes that go out: received bytes unchanged, one slash where base URL and path meet, forms with unnamed files. */
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { createHash } from "node:crypto";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { CLIENTS, createSession, openBench } from "../../support/clients.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { bodyText } from "../../support/http_system.ts";
import { digestAuth } from "../../../src/http/request/digest_auth.ts";
import { afterRealTime } from "../../support/real_time.ts";

/** Byte strings: one character is one byte. UTF-8 of "é", a lone Latin-1 "é", and bytes that are neither. */
const UTF8 = "caf\xc3\xa9";
const LATIN1 = "caf\xe9";
const BYTES = "\x80\xff\xfe";

/** Answers each request with the next head; keeps the heads that came, as byte strings. */
async function openByteServer(heads: readonly string[]) {
  const seen: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      seen.push(Buffer.from(bytes).toString("latin1"));
      const head = heads[Math.min(seen.length, heads.length) - 1];
      socket.write(Buffer.from(`HTTP/1.1 ${head}\r\nContent-Length: 0\r\n\r\n`, "latin1"));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.dispose]: () => void server.close(),
  };
}

function fieldOf(head: string | undefined, name: string): string | undefined {
  return head?.split("\r\n").find((line) => line.toLowerCase().startsWith(`${name}: `))?.slice(name.length + 2);
}

for (const client of CLIENTS) {
  for (const value of [UTF8, LATIN1, BYTES]) {
    const title = JSON.stringify(value);

    test(`${client} sends a cookie back with the bytes that came: ${title}`, async () => {
      using server = await openByteServer([`200 OK\r\nSet-Cookie: sid=${value}; Path=/`, "200 OK"]);
      const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
      await session.get("/");
      await session.get("/");
      await session.get("/", { cookies: { own: "€" } });
      session.cookies.set("copy", session.cookies.get("sid") as string);
      await session.get("/");
      session.close();
      assert.equal(fieldOf(server.seen[1], "cookie"), `sid=${value}`);
      assert.equal(fieldOf(server.seen[2], "cookie"), `sid=${value}; own=\xe2\x82\xac`);
      assert.equal(fieldOf(server.seen[3], "cookie"), `sid=${value}; copy=${value}`);
    });

    test(`${client} sends a received field back with the bytes that came: ${title}`, async () => {
      using server = await openByteServer([`200 OK\r\nETag: "${value}"\r\nX-Token: ${value}`, "304 Not Modified"]);
      const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
      const { headers } = await session.get("/");
      await session.get("/", { headers: { "If-None-Match": headers.get("etag") ?? "" } });
      session.headers.set("X-Token", headers.get("x-token") ?? "");
      await session.get("/");
      session.close();
      assert.equal(fieldOf(server.seen[1], "if-none-match"), `"${value}"`);
      assert.equal(fieldOf(server.seen[2], "x-token"), value);
    });

    test(`${client} follows a Location with the bytes that came: ${title}`, async () => {
      using server = await openByteServer([`302 Found\r\nLocation: /${value}?q=${value}`, "200 OK"]);
      const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
      await session.get("/");
      session.close();
      const encoded = value.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
      assert.equal(server.seen[1]?.split("\r\n")[0], `GET /${encoded}?q=${encoded} HTTP/1.1`);
    });

    test(`${client} answers a Digest challenge with the bytes of its realm: ${title}`, async () => {
      using server = await openByteServer([
        `401 Unauthorized\r\nWWW-Authenticate: Digest realm="${value}", nonce="n1"`,
        "200 OK",
      ]);
      const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
      await session.get("/", { auth: digestAuth("ada", "pässword") });
      session.close();
      const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");
      const secret = Buffer.concat([Buffer.from(`ada:${value}:`, "latin1"), Buffer.from("pässword", "utf8")]);
      const response = md5(Buffer.from(`${md5(secret)}:n1:${md5(Buffer.from("GET:/"))}`));
      const field = fieldOf(server.seen[1], "authorization") ?? "";
      assert.match(field, new RegExp(`response="${response}"`));
      assert.ok(field.includes(`realm="${value}"`), field);
    });
  }

  test(`${client} sends characters beyond U+00FF as UTF-8`, async () => {
    using server = await openByteServer(["200 OK"]);
    const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
    await session.get("/", { headers: { "X-Price": "5 €" } });
    session.close();
    assert.equal(fieldOf(server.seen[0], "x-price"), "5 \xe2\x82\xac");
  });

  for (
    const [base, url, target] of [
      ["", "/ok", "/ok"],
      ["/", "/ok", "/ok"],
      ["/", "", "/"],
      ["", "", "/"],
      ["", "ok", "/ok"],
      ["", "?q=1", "/?q=1"],
      ["/", "?q=1", "/?q=1"],
      ["/api/v2", "/items", "/api/v2/items"],
      ["/api/v2/", "/items", "/api/v2/items"],
      ["/api/v2/", "items", "/api/v2/items"],
      ["/api/v2/", "", "/api/v2/"],
      ["/api/v2", "?q=1", "/api/v2?q=1"],
      ["/api/v2/", "/items?x=/1/", "/api/v2/items?x=/1/"],
    ] as const
  ) {
    test(`${client} requests ${target} for base URL "http://host${base}" and "${url}"`, async () => {
      await using bench = await openBench(client);
      bench.session.baseUrl = bench.system.url + base;
      const res = await bench.session.get(url);
      await bench.session.get(url, { headers: { "X-A": "1" } });
      await bench.session.get(url, { name: "named" });
      assert.deepEqual(bench.system.seen.map((request) => request.url), [target, target, target]);
      assert.equal(res.url, bench.system.url + target);
    });
  }

  test(`${client} uploads a Blob without a file name as "blob"`, async () => {
    await using bench = await openBench(client);
    const form = new FormData();
    form.append("picture", new Blob(["bytes"], { type: "image/png" }));
    await bench.session.post("/", { body: form });
    assert.match(
      bodyText(bench.system.seen[0]),
      /name="picture"; filename="blob"\r\nContent-Type: image\/png\r\n\r\nbytes/,
    );
  });

  test(`${client} fetch() with AbortSignal.timeout rejects with the signal's reason, and counts a timeout`, async () => {
    await using bench = await openBench(client, {
      "/never": () => {},
      "/half": (_request, response) => void response.writeHead(200, { "Content-Length": 100 }).write("half"),
    });
    for (const path of ["/never", "/half"]) {
      const signal = AbortSignal.timeout(40);
      await assert.rejects(() => bench.session.fetch(bench.system.url + path, { signal }), (error: unknown) => {
        assert.equal(error, signal.reason);
        assert.equal((error as Error).name, "TimeoutError");
        return true;
      });
      assert.deepEqual(bench.owner.drainFailures(), ["Timeout (total)"]);
    }
    const controller = new AbortController();
    afterRealTime(20, () => controller.abort(new Error("mine")));
    await assert.rejects(() => bench.session.fetch(`${bench.system.url}/half`, { signal: controller.signal }), /mine/);
    assert.deepEqual([bench.owner.drainFailures(), bench.owner.inFlight], [[], 0]);
  });
}
