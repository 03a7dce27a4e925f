/** Mistakes of the caller in both clients: each throws at the call, names what is wrong, and sends and counts nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENTS, openBench } from "../../support/clients.ts";
import { bodyText } from "../../support/http_system.ts";
import type { HttpSession } from "../../../src/http/session/http_session.ts";

// deno-lint-ignore no-explicit-any
type Loose = any;

const MISTAKES: readonly (readonly [title: string, call: (client: Loose) => Promise<unknown>, message: RegExp])[] = [
  ["options as text", (client) => client.post("/", "data"), /its options are "data"; put a form into/],
  ["options as a list", (client) => client.get("/", [1]), /its options are a list of 1; put query parameters/],
  ["an option that does not exist", (client) => client.get("/", { retries: 1, name: "x" }), /no option "retries"/],
  ["a timeout as text", (client) => client.get("/", { timeout: "1" }), /GET.*"timeout" is "1"; give seconds/],
  ["a timeout with an unknown part", (client) => client.get("/", { timeout: { read: 1 } }), /"timeout" has no "read"/],
  ["tls with an unknown key", (client) => client.get("/", { tls: { rejectUnauthorized: true } }), /"tls" has no/],
  ["a header that is undefined", (client) => client.get("/", { headers: { "X-A": undefined } }), /"X-A".*is undefined/],
  ["a header that is an object", (client) => client.get("/", { headers: { "X-A": {} } }), /"X-A".*is an object;/],
  ["headers without values", (client) => client.get("/", { headers: ["X-A"] }), /"X-A" is not a field; give an object/],
  ["a cookie that is undefined", (client) => client.get("/", { cookies: { sid: undefined } }), /"sid".*is undefined/],
  ["cookies as text", (client) => client.get("/", { cookies: "sid=1" }), /"cookies" is "sid=1"; give an object/],
  ["a parameter that is an object", (client) => client.get("/", { params: { a: { b: 1 } } }), /"a" in "params" is an/],
  ["a form that is a number", (client) => client.post("/", { form: 7 }), /"form" is 7; give an object/],
  ["a name that is an object", (client) => client.get("/", { name: {} }), /an object as the option "name"/],
  ["a name that is a URL", (client) => client.get("/", { name: new URL("http://h") }), /\(URL\) as the option "name"/],
  ["the same of a request with options", (client) => client.get("/", { name: [], stream: true }), /the option "name"/],
  ["tags as a list", (client) => client.get("/", { tags: ["buy"] }), /"tags" is a list of 1; give an object of texts/],
  ["a tag that is an object", (client) => client.get("/", { tags: { a: {} } }), /"tags" is an object for "a"; give/],
  ["a URL that is missing", (client) => client.get(undefined), /Cannot send the GET request: its URL is undefined/],
  ["a URL that is a Request", (client) => client.get(new Request("http://h/")), /pass a Request to client\.fetch/],
  ["the same of rest()", (client) => client.rest("GET", null), /its URL is null/],
  ["a method that is missing", (client) => client.request(undefined, "/"), /the method of a request/],
  ["a method of rest() that is an object", (client) => client.rest({}, "/"), /the method of rest\(\)/],
  ["credentials that are text", (client) => client.get("/", { auth: "ada:pass" }), /"auth" is not \[user, password\]/],
];

for (const client of CLIENTS) {
  for (const [title, call, message] of MISTAKES) {
    test(`${client} refuses ${title} at the call`, async () => {
      await using bench = await openBench(client);
      await assert.rejects(async () => await call(bench.session), (error: Error) => {
        assert.match(error.message, message);
        assert.match(error.message, /^Cannot /);
        return true;
      });
      assert.deepEqual([bench.system.seen.length, bench.owner.drainRows(), bench.owner.inFlight], [0, [], 0]);
    });
  }

  test(`${client} names the URL and -H where a relative URL meets no host, and needs neither for an absolute one`, async () => {
    await using bench = await openBench(client);
    const { session, system } = bench;
    session.baseUrl = "";
    await assert.rejects(() => session.get("/items"), /Cannot request "\/items": it has no host; .*-H/);
    assert.equal((await session.get(`${system.url}/items`)).status, 200);
    assert.equal((await session.get(new URL(`${system.url}/items?a=b`))).status, 200);
  });

  test(`${client} takes what has an obvious meaning`, async () => {
    await using bench = await openBench(client);
    const session: Loose = bench.session;
    await session.get("/a", { params: "x=1&y=2" });
    await session.get("/b", { params: new Map([["x", 1]]) });
    await session.get("/c", { params: [["x", 1], ["x", 2]], headers: new Map([["X-Flag", true]]) });
    await session.post("/d", { form: "x=1&y=%20" });
    await session.post("/e", { form: new Map([["x", "y z"]]) });
    await session.get("/f", { cookies: new Map<string, unknown>([["n", 7], ["b", true]]) });
    await session.get("/g", { timeout: null, headers: null, cookies: null, params: null, tls: null, signal: null });
    await session.get("/h", null);
    const seen = bench.system.seen;
    assert.deepEqual(seen.map((request) => request.url), [
      "/a?x=1&y=2",
      "/b?x=1",
      "/c?x=1&x=2",
      "/d",
      "/e",
      "/f",
      "/g",
      "/h",
    ]);
    assert.equal(seen[2]?.headers["x-flag"], "true");
    assert.deepEqual([bodyText(seen[3]), bodyText(seen[4])], ["x=1&y=%20", "x=y+z"]);
    assert.equal(seen[3]?.headers["content-type"], "application/x-www-form-urlencoded");
    assert.equal(seen[5]?.headers.cookie, "n=7; b=true");
  });

  test(`${client} names rows with numbers and booleans as text, and takes undefined, null and empty text as no name`, async () => {
    await using bench = await openBench(client);
    const session: Loose = bench.session;
    await session.get("/a", { name: 7 });
    await session.get("/a", { name: false, stream: false });
    await session.get("/a", { name: null });
    await session.get("/a", { name: "" });
    session.requestName = 8;
    await session.get("/a");
    await session.get("/a", { name: "" });
    session.requestName = null;
    await session.get("/a");
    session.requestName = "";
    await session.get("/a");
    await session.renameRequest(9, () => session.get("/a"));
    assert.deepEqual(bench.owner.drainRows().sort(), [
      "GET /a 4/0",
      "GET 7 1/0",
      "GET 8 2/0",
      "GET 9 1/0",
      "GET false 1/0",
    ]);
    assert.throws(() => session.requestName = {}, /an object as "requestName"/);
    assert.throws(() => session.renameRequest(new URL("http://h"), () => {}), /\(URL\) as "requestName"/);
  });

  test(`${client} requestMeta takes what the statistics can hold, and throws at any other assignment`, async () => {
    await using bench = await openBench(client);
    await bench.session.get("/a", {
      catchResponse: (res) => {
        const meta: Loose = res.requestMeta;
        meta.name = 404;
        meta.name = undefined; // not given: stays
        meta.responseTime = null;
        meta.context = { step: 1 };
        for (
          const [field, value] of [
            ["name", {}],
            ["method", Symbol("GET")],
            ["responseTime", "12"],
            ["responseTime", NaN],
            ["responseLength", -1],
            ["responseLength", undefined],
            ["context", null],
            ["nme", "x"],
          ] as const
        ) assert.throws(() => meta[field] = value, new RegExp(`requestMeta\\.${field}`));
      },
    });
    assert.deepEqual(bench.owner.drainRows(), ["GET 404 1/0"]);
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  for (
    const [title, reason, text] of [
      ["undefined", undefined, "failure() got no reason: it was undefined"],
      ["null", null, "failure() got no reason: it was null"],
      ["empty text", "", "failure() got no reason: it was empty"],
      ["0", 0, "0"],
      ["false", false, "false"],
      ["NaN", NaN, "NaN"],
      ["a bigint", 7n, "7"],
      ["an object", { code: "E42" }, '{"code":"E42"}'],
      ["a list", ["a", 1], '["a",1]'],
      ["an object that contains itself", cyclic, "an object"],
      ["an error without a message", new RangeError(), "RangeError"],
      ["an error", new TypeError("no id"), "TypeError: no id"],
    ] as const
  ) {
    test(`${client} res.failure() of ${title} is a failure with a text`, async () => {
      await using bench = await openBench(client);
      await bench.session.get("/a", { catchResponse: (res) => res.failure(reason) });
      assert.deepEqual(bench.owner.drainFailures(), [text]);
      {
        await using res = await bench.session.get("/a", { catchResponse: true });
        res.failure(reason);
      }
      assert.deepEqual(bench.owner.drainFailures(), [text]);
    });
  }

  for (const reason of [Symbol("x"), () => "no"]) {
    test(`${client} res.failure() of a ${typeof reason} is a mistake that names this file`, async () => {
      await using bench = await openBench(client);
      await assert.rejects(
        () => bench.session.get("/a", { catchResponse: (res) => res.failure(reason) }),
        (error: Error) =>
          /reason of res\.failure\(\)/.test(error.message) && /session_mistakes_test/.test(error.stack ?? ""),
      );
      assert.equal(bench.owner.inFlight, 0);
    });
  }

  for (const thrown of [undefined, null, 0, "text", Symbol("s")]) {
    test(`${client} throw ${String(thrown)} in a rest() block is the failure of the request`, async () => {
      await using bench = await openBench(client);
      await bench.session.rest("GET", "/a", () => {
        throw thrown;
      });
      const [text] = bench.owner.drainFailures();
      assert.match(
        text as string,
        new RegExp(`${typeof thrown === "symbol" ? "Symbol" : String(thrown)}.*Response was `),
      );
      assert.equal(bench.owner.inFlight, 0);
    });

    test(`${client} throw ${String(thrown)} in a catchResponse block reaches the task`, async () => {
      await using bench = await openBench(client);
      let caught: unknown = "nothing";
      await bench.session.get("/a", {
        catchResponse: () => {
          throw thrown;
        },
      }).then(() => caught = "a response", (error) => caught = error);
      assert.equal(caught, thrown);
      assert.equal(bench.owner.inFlight, 0);
    });
  }
}

test("HttpSession refuses TLS settings and proxies that cannot be used when they are set", async () => {
  await using bench = await openBench("HttpSession");
  const session = bench.session as HttpSession;
  assert.throws(() => session.tls = { cafile: "x" } as object, /"tls" has no "cafile"/);
  assert.throws(() => session.proxy = "https://h:1", /"proxy"/);
  assert.throws(() => session.forHost("http://h", { tls: { verify: "no" } as object }), /"tls.verify" is "no"/);
  assert.equal((await session.get("/")).status, 200);
});
