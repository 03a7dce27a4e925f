/** Redirect chains, cookies and Digest in both clients: several exchanges, one sample. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { digestAuth } from "../../../src/http/request/digest_auth.ts";
import { CLIENTS, openBench } from "../../support/clients.ts";
import { bodyText, type Page } from "../../support/http_system.ts";
import { openRudeServer } from "../../support/rude_server.ts";
import { afterRealTime } from "../../support/real_time.ts";

function redirect(status: number, location: string, cookie?: string): Page {
  return (_request, response) => {
    if (cookie !== undefined) response.setHeader("Set-Cookie", cookie);
    response.writeHead(status, { Location: location }).end("moved");
  };
}

const CHAIN = { "/a": redirect(302, "/b"), "/b": redirect(307, "/c?x=1#part") };

for (const client of CLIENTS) {
  const isFast = client === "FastHttpSession";

  test(`${client} a chain is one sample, named after its first URL, with history`, async () => {
    await using bench = await openBench(client, CHAIN);
    bench.owner.listen();
    for (const options of [undefined, { name: "/a" }]) {
      const res = await bench.session.get("/a", options);
      assert.deepEqual(bench.owner.drainRows(), ["GET /a 1/0"]);
      assert.deepEqual([res.status, res.redirected, res.url], [200, true, `${bench.system.url}/c?x=1`]);
      assert.deepEqual(res.history.map((step) => [step.status, step.url]), [
        [302, `${bench.system.url}/a`],
        [307, `${bench.system.url}/b`],
      ]);
      assert.equal(await res.history[0]!.text(), "moved");
      assert.equal(bench.owner.events.at(-1)!.url, `${bench.system.url}/a`);
      assert.ok(res.elapsed >= res.history[0]!.elapsed + res.history[1]!.elapsed);
    }
  });

  for (
    const [status, method, body, otherMethod, otherBody] of [
      [301, ...isFast ? ["POST", "data"] : ["GET", ""], "PUT", "data"],
      [302, "GET", "", "GET", ""],
      [303, "GET", "", "GET", ""],
      [307, "POST", "data", "PUT", "data"],
      [308, "POST", "data", "PUT", "data"],
    ] as const
  ) {
    test(`${client} ${status} goes on as ${method}, the row keeps POST`, async () => {
      await using bench = await openBench(client, { "/from": redirect(status, "/to") });
      const form = new FormData();
      form.set("a", "1");
      await bench.session.post("/from", { body: "data" });
      await bench.session.put("/from", { body: new Blob(["data"]) });
      const [first, second] = bench.system.seen.filter((request) => request.url === "/to");
      assert.deepEqual([first?.method, bodyText(first)], [method, body]);
      assert.deepEqual([second?.method, bodyText(second)], [otherMethod, otherBody]);
      if (body === "") assert.equal(first?.headers["content-type"], undefined);
      assert.deepEqual(bench.owner.drainRows(), ["POST /from 1/0", "PUT /from 1/0"]);
    });
  }

  test(`${client} a stream cannot be sent twice: a redirect that keeps it is a failure`, async () => {
    await using bench = await openBench(client, { "/from": redirect(307, "/to") });
    const res = await bench.session.post("/from", { body: ReadableStream.from([new Uint8Array(3)]) });
    assert.equal(res.status, 0);
    assert.deepEqual(bench.owner.drainFailures(), ["ProtocolError(redirect of a body that can be sent only once)"]);
  });

  test(`${client} head() ${isFast ? "follows redirects, still as HEAD" : "does not follow redirects unless told to"}`, async () => {
    await using bench = await openBench(client, CHAIN);
    const res = await bench.session.head("/a");
    assert.equal(res.status, isFast ? 200 : 302);
    const told = await bench.session.head("/a", { redirect: isFast ? "manual" : "follow" });
    assert.equal(told.status, isFast ? 302 : 200);
    assert.ok(bench.system.seen.every((request) => request.method === "HEAD"));
  });

  test(`${client} redirect: "manual" and allowRedirects: false give the redirect itself, a success`, async () => {
    await using bench = await openBench(client, CHAIN);
    for (const options of [{ redirect: "manual" }, { allowRedirects: false }] as const) {
      const res = await bench.session.get("/a", options);
      assert.deepEqual([res.status, res.ok, res.headers.get("location"), res.history.length], [302, true, "/b", 0]);
    }
    assert.deepEqual(bench.owner.drainRows(), ["GET /a 2/0"]);
  });

  test(`${client} a loop and a chain beyond maxRedirects are failures with those names`, async () => {
    let step = 0;
    const endless: Page = (_request, response) => response.writeHead(302, { Location: `/endless?${++step}` }).end();
    await using bench = await openBench(client, { "/loop": redirect(302, "/loop"), "/endless": endless }, {
      maxRedirects: 5,
    });
    const loop = await bench.session.get("/loop");
    assert.deepEqual([loop.status, loop.history.length], [0, 5]);
    await bench.session.get("/endless", { name: "/endless" });
    await bench.session.get("/endless", { name: "/endless", maxRedirects: 0 });
    assert.deepEqual(bench.owner.drainFailures(), [
      "ProtocolError(redirect loop)",
      "ProtocolError(too many redirects)",
    ]);
    assert.equal(bench.system.seen.length, 6 + 6 + 1);
  });

  test(`${client} follows 30 redirects unless told otherwise`, async () => {
    let left = 30;
    const page: Page = (_request, response) =>
      left-- > 0 ? response.writeHead(302, { Location: `/?${left}` }).end() : response.end();
    await using bench = await openBench(client, { "/": page });
    assert.deepEqual([(await bench.session.get("/")).status, left], [200, -1]);
    left = 31;
    assert.equal((await bench.session.get("/")).status, 0);
  });

  test(`${client} keeps credentials and hand-written cookies at home`, async () => {
    await using stranger = await openBench(client);
    await using bench = await openBench(client, {
      "/out": (_request, response) => response.writeHead(307, { Location: `${stranger.system.url}/in` }).end(),
      "/stay": redirect(307, "/here"),
    });
    const { session } = bench;
    session.headers.set("Authorization", "Bearer session");
    await session.get("/out");
    await session.get("/out", { headers: { Cookie: "a=1", "X-Other": "stays" } });
    await session.get("/out", { auth: ["u", "p"], cookies: { b: "2" } });
    await session.get("/stay", { auth: ["u", "p"] });
    for (const { headers } of stranger.system.seen) {
      assert.deepEqual([headers.authorization, headers.cookie], [undefined, undefined]);
    }
    assert.equal(stranger.system.seen[1]!.headers["x-other"], "stays");
    assert.equal(stranger.system.seen[0]!.headers.host, new URL(stranger.system.url).host);
    assert.equal(bench.system.seen.at(-1)!.headers.authorization, `Basic ${btoa("u:p")}`);
  });

  test(`${client} asks the same site after a redirect where a Host header names it, and the new origin's elsewhere`, async () => {
    await using stranger = await openBench(client);
    await using bench = await openBench(client, {
      "/out": (_request, response) => response.writeHead(307, { Location: `${stranger.system.url}/in` }).end(),
      "/stay": redirect(307, "/here"),
      "/absolute": (_request, response) => response.writeHead(307, { Location: `${system.url}/here` }).end(),
    });
    const { session, system } = bench;
    for (const path of ["/stay", "/absolute", "/out"]) await session.get(path, { headers: { Host: "shop.example" } });
    session.headers.set("Host", "all.example");
    for (const path of ["/stay", "/absolute", "/out"]) await session.get(path);
    const [ours, theirs] = [bench, stranger].map(({ system }) => system.seen.map(({ headers }) => headers.host));
    assert.deepEqual(ours, [...Array(5).fill("shop.example"), ...Array(5).fill("all.example")]);
    assert.deepEqual(theirs, Array(2).fill(new URL(stranger.system.url).host));
  });

  test(`${client} follows the first of several Locations, and no empty one`, async () => {
    const answers: Readonly<Record<string, string>> = {
      "/twice": "HTTP/1.1 302 Found\r\nLocation: /to\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n",
      "/empty": "HTTP/1.1 302 Found\r\nLocation: \r\nContent-Length: 0\r\n\r\n",
      "/to": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    };
    await using server = await openRudeServer(async (peer) => {
      for (let request = await peer.readRequest(); request !== undefined; request = await peer.readRequest()) {
        await peer.write(answers[request.split(" ")[1] ?? ""] ?? "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
      }
    });
    await using bench = await openBench(client, {});
    for (const options of [undefined, { headers: { "X-A": "1" } }]) {
      const twice = await bench.session.get(`${server.url}/twice`, options);
      assert.deepEqual([twice.status, twice.url, twice.history.length], [200, `${server.url}/to`, 1]);
      const empty = await bench.session.get(`${server.url}/empty`, options);
      assert.deepEqual([empty.status, empty.ok, empty.history.length], [302, true, 0]);
    }
    assert.deepEqual(server.requests.filter((request) => request.startsWith("GET /empty")).length, 2);
  });

  test(`${client} a redirect to nowhere is that failure`, async () => {
    await using bench = await openBench(client, {
      "/dead": redirect(302, "http://127.0.0.1:1/"),
      "/ftp": redirect(302, "ftp://127.0.0.1/"),
    });
    const res = await bench.session.get("/dead");
    assert.deepEqual([res.status, res.history.length], [0, 1]);
    await bench.session.get("/ftp");
    assert.deepEqual(bench.owner.drainFailures(), [
      "ConnectionRefused",
      "ProtocolError(redirect to another scheme than http and https)",
    ]);
  });

  test(`${client} the total timeout holds for the whole chain`, async () => {
    const slow: Page = (_request, response) =>
      afterRealTime(30, () => response.writeHead(302, { Location: "/slow" }).end());
    await using bench = await openBench(client, { "/slow": slow });
    const res = await bench.session.get("/slow", { timeout: { total: 0.1 } });
    assert.equal(res.status, 0);
    assert.deepEqual(bench.owner.drainFailures(), ["Timeout (total)"]);
  });

  test(`${client} keeps cookies, also those of a redirect, and sends them back`, async () => {
    await using bench = await openBench(client, {
      "/login": redirect(302, "/home", "sid=1; Path=/; HttpOnly"),
      "/set": (_request, response) => {
        response.setHeader("Set-Cookie", ["a=1; Path=/", "b=2; Path=/deep"]);
        response.end();
      },
    });
    const { session, system } = bench;
    await session.get("/login");
    await session.get("/set");
    await session.get("/deep/page");
    await session.get("/", { cookies: { own: "x" } });
    assert.deepEqual(system.seen.map((request) => [request.url, request.headers.cookie]), [
      ["/login", undefined],
      ["/home", "sid=1"],
      ["/set", "sid=1"],
      ["/deep/page", "b=2; sid=1; a=1"],
      ["/", "sid=1; a=1; own=x"],
    ]);
    assert.equal(session.cookies.get("a"), "1");
    session.clearCookies();
    await session.get("/deep/page");
    assert.equal(system.seen.at(-1)!.headers.cookie, undefined);
    session.cookies.set("by-hand", "3");
    await session.get("/");
    assert.equal(system.seen.at(-1)!.headers.cookie, "by-hand=3");
  });

  test(`${client} cookies of one user are not those of another`, async () => {
    await using bench = await openBench(client, { "/login": redirect(302, "/home", "sid=1; Path=/") });
    const other = bench.session.forHost(bench.system.url);
    await bench.session.get("/login");
    await other.get("/home");
    assert.equal(bench.system.seen.at(-1)!.headers.cookie, undefined);
    other.close();
  });

  for (
    const [kind, more, asked] of [["a new nonce", "", 2], ["a nonce that is stale at once", ", stale=true", 3]] as const
  ) {
    test(`${client} asks no server for ever that gives ${kind} with each 401`, async () => {
      let nonce = 0;
      const page: Page = (_request, response) => {
        const challenge = `Digest realm="site", nonce="n${++nonce}", qop="auth"${more}`;
        response.writeHead(401, { "WWW-Authenticate": challenge }).end();
      };
      await using bench = await openBench(client, { "/in": page });
      const wrong = await bench.session.get("/in", { auth: digestAuth("ada", "byron") });
      assert.deepEqual([wrong.status, wrong.history.length], [401, asked - 1]);
      assert.equal(bench.system.seen.length, asked);
      assert.deepEqual(bench.owner.drainFailures(), ["HttpError 401 Unauthorized"]);
      const again = await bench.session.get("/in", { auth: digestAuth("ada", "byron") }); // begins with the last nonce
      assert.deepEqual([again.status, bench.system.seen.length], [401, 2 * asked]);
    });
  }

  test(`${client} answers a Digest challenge within the sample, and unasked from then on`, async () => {
    const md5 = (text: string) => createHash("md5").update(text).digest("hex");
    const secret = md5("ada:site:lovelace");
    const page: Page = (request, response) => {
      const given = Object.fromEntries(
        [...String(request.headers.authorization).matchAll(/(\w+)="?([^",]+)"?/g)].map((
          [, name, value],
        ) => [name, value]),
      );
      const expected = md5(
        `${secret}:n1:${given.nc}:${given.cnonce}:auth:${md5(`${request.method}:${request.url}`)}`,
      );
      if (given.response === expected) return response.end("welcome");
      response.writeHead(401, { "WWW-Authenticate": 'Digest realm="site", nonce="n1", qop="auth"' }).end();
    };
    await using bench = await openBench(client, { "/in": page });
    bench.session.auth = digestAuth("ada", "lovelace");
    const first = await bench.session.get("/in?x=1");
    assert.deepEqual([first.status, await first.text(), first.history.map((step) => step.status)], [200, "welcome", [
      401,
    ]]);
    const second = await bench.session.post("/in", { json: {} });
    assert.deepEqual([second.status, second.history.length], [200, 0]);
    assert.deepEqual(bench.owner.drainRows(), ["GET /in?x=1 1/0", "POST /in 1/0"]);
    const wrong = await bench.session.get("/in", { auth: digestAuth("ada", "byron") });
    assert.deepEqual([wrong.status, bench.owner.drainFailures()], [401, ["HttpError 401 Unauthorized"]]);
    assert.ok(bench.system.seen.length <= 5, "it does not ask for ever");
  });
}

for (const client of CLIENTS) {
  test(`${client} keeps a Cookie header of the test through redirects, beside the cookies that they set`, async () => {
    await using bench = await openBench(client, {
      "/login": redirect(302, "/home", "sid=2; Path=/"),
      "/plain": redirect(302, "/home"),
    });
    const own = { headers: { Cookie: "own=1" } };
    const sent = async (path: string, options: object) => {
      await bench.session.get(path, options);
      return bench.system.seen.splice(0).map((request) => request.headers["cookie"]);
    };
    assert.deepEqual(await sent("/login", own), ["own=1", "sid=2; own=1"]);
    assert.deepEqual(await sent("/plain", own), ["own=1", "own=1"], "in place of the jar's, as in a single request");
    assert.deepEqual(await sent("/plain", {}), ["sid=2", "sid=2"]);
    bench.session.headers.set("Cookie", "own=3");
    assert.deepEqual(await sent("/login", {}), ["own=3", "sid=2; own=3"]);
    assert.deepEqual(await sent("/plain", {}), ["own=3", "own=3"], "the session's header is what it was");
  });

  test(`${client} takes a Cookie header to no other origin, whatever the redirect sets`, async () => {
    await using stranger = await openBench(client);
    await using bench = await openBench(client, {
      "/login": redirect(302, `${stranger.system.url}/home`, "sid=2; Path=/"),
    });
    await bench.session.get("/login", { headers: { Cookie: "own=1" } });
    assert.equal(stranger.system.seen[0]?.headers["cookie"], "sid=2"); // ports share cookies
  });
}
