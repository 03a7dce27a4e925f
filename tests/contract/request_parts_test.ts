import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { basicAuthorization } from "../../src/http/request/basic_auth.ts";
import { charsetOf, decodeText } from "../../src/http/bytes/charset.ts";
import { HeaderList } from "../../src/http/bytes/header_list.ts";
import { LineSplitter } from "../../src/http/bytes/line_splitter.ts";
import { composeFields } from "../../src/http/request/request_fields.ts";
import { type PreparedRequest, PreparedRequestCache } from "../../src/http/session/prepared_request.ts";

test("HeaderList keeps order and spelling, compares without case", () => {
  const list = new HeaderList({ "X-One": "1", accept: "*/*" });
  list.set("ACCEPT", "text/html");
  list.append("x-one", 2);
  assert.deepEqual([...list], [["X-One", "1"], ["ACCEPT", "text/html"], ["x-one", "2"]]);
  assert.equal(list.get("x-ONE"), "1, 2");
  list.set("x-one", "3");
  assert.deepEqual([...list], [["x-one", "3"], ["ACCEPT", "text/html"]]);
  list.delete("accept");
  assert.equal(list.has("Accept"), false);
  assert.equal(list.get("accept"), null);
});

test("HeaderList.version grows with every change, a copy changes alone", () => {
  const list = new HeaderList([["a", "1"]]);
  const before = list.version;
  const twin = list.copy();
  twin.set("a", "2");
  assert.equal(list.version, before);
  assert.equal(list.get("a"), "1");
  list.delete("a");
  assert.notEqual(list.version, before);
});

test("HeaderList.assign() replaces names it has and keeps doubles of the source", () => {
  const list = new HeaderList({ a: "1" });
  list.assign(new Headers([["A", "2"], ["b", "3"]]));
  list.assign([["c", "4"], ["C", "5"]]);
  assert.deepEqual([...list].map(([name, value]) => `${name.toLowerCase()}=${value}`), [
    "a=2",
    "b=3",
    "c=4",
    "C=5".toLowerCase(),
  ]);
});

test("HeaderList refuses names and values that would forge a line", () => {
  assert.throws(() => new HeaderList({ "a b": "1" }), /header "a b"/);
  assert.throws(() => new HeaderList({ a: "1\r\nx: 2" }), /header "a".*line break/);
  assert.throws(() => new HeaderList({ a: "1\u0000" }), /control character/);
  assert.equal(new HeaderList({ a: " 1\n" }).get("a"), "1"); // white space around a value is not part of it
});

test("composeFields() writes what describes the body, once", () => {
  const session = new HeaderList({ "Content-Length": "99", "User-Agent": "x" });
  const compose = (method: string, body: Parameters<typeof composeFields>[0]["body"], headers = {}) =>
    Object.fromEntries(
      composeFields({
        session,
        request: new HeaderList(headers),
        authorization: undefined,
        cookie: undefined,
        method,
        body,
        accept: undefined,
      }),
    );
  assert.equal(compose("GET", { kind: "none" })["Content-Length"], undefined);
  assert.equal(compose("POST", { kind: "none" })["Content-Length"], "0");
  const bytes = { kind: "bytes", bytes: new Uint8Array(3), contentType: "text/plain" } as const;
  assert.equal(compose("POST", bytes)["Content-Length"], "3");
  assert.equal(compose("POST", bytes)["Content-Type"], "text/plain");
  assert.equal(compose("POST", bytes, { "content-type": "x/y" })["content-type"], "x/y");
  const stream = { kind: "stream", length: undefined, contentType: undefined, open: () => undefined } as const;
  assert.deepEqual(compose("PUT", stream), { "User-Agent": "x", "Transfer-Encoding": "chunked" });
  assert.equal(session.get("content-length"), "99", "the session's own list is left alone");
});

test("composeFields() sends a hand-written Cookie instead of the jar's", () => {
  const fields = composeFields({
    session: new HeaderList(),
    request: new HeaderList({ cookie: "mine=1" }),
    authorization: "Basic x",
    cookie: "jar=2",
    method: "GET",
    body: { kind: "none" },
    accept: undefined,
  });
  assert.deepEqual([...fields], [["cookie", "mine=1"], ["Authorization", "Basic x"]]);
});

test("basicAuthorization() is UTF-8 and has no place for a colon in the name", () => {
  assert.equal(basicAuthorization({ user: "Aladdin", password: "open sesame" }), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  assert.equal(basicAuthorization({ user: "test", password: "123£" }), "Basic dGVzdDoxMjPCow=="); // RFC 7617 §2.1
  assert.throws(() => basicAuthorization({ user: "a:b", password: "" }), /colon/);
});

for (
  const [bytes, charset, text] of [
    [[0xe4], undefined, "\ufffd"],
    [[0xe4], "iso-8859-1", "ä"],
    [[0xc3, 0xa4], "utf-8", "ä"],
    [[0xef, 0xbb, 0xbf, 0x61], undefined, "a"],
    [[0xff, 0xfe, 0x61, 0x00], "utf-8", "a"],
    [[0xfe, 0xff, 0x00, 0x61], undefined, "a"],
    [[0x82, 0xa0], "shift_jis", "あ"],
    [[0x61], "no-such-charset", "a"],
    [[], undefined, ""],
  ] as const
) {
  test(`decodeText() of ${JSON.stringify(bytes)} as ${charset}`, () => {
    assert.equal(decodeText(Uint8Array.from(bytes), charset), text);
  });
}

for (
  const [header, charset] of [
    ["text/html; charset=ISO-8859-1", "iso-8859-1"],
    ['text/html; x=y; charset="utf-8"; z', "utf-8"],
    ["text/html;CHARSET=gbk", "gbk"],
    ["text/html; charset=", undefined],
    ["text/html", undefined],
    [null, undefined],
  ] as const
) {
  test(`charsetOf() ${header}`, () => assert.equal(charsetOf(header), charset));
}

test("LineSplitter gives the same lines for any split of the text", () => {
  fc.assert(fc.property(fc.string(), fc.array(fc.nat(20)), (text, cuts) => {
    const whole = new LineSplitter();
    const expected = [...whole.push(text), ...whole.end()];
    const splitter = new LineSplitter();
    const lines: string[] = [];
    let rest = text;
    for (const cut of cuts) {
      lines.push(...splitter.push(rest.slice(0, cut)));
      rest = rest.slice(cut);
    }
    assert.deepEqual([...lines, ...splitter.push(rest), ...splitter.end()], expected);
  }));
});

test("LineSplitter splits at LF, drops a CR before it, keeps the last line", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(splitter.push("a\r\nb\n\nc"), ["a", "b", ""]);
  assert.deepEqual(splitter.end(), ["c"]);
});

test("PreparedRequestCache holds two generations and keeps what is used", () => {
  const cache = new PreparedRequestCache(2);
  const prepared = (url: string) => ({ url }) as PreparedRequest;
  cache.set("GET", "/a", prepared("/a"));
  cache.set("GET", "/b", prepared("/b"));
  cache.set("GET", "/c", prepared("/c")); // a and b are old now
  assert.equal(cache.get("GET", "/a")?.url, "/a"); // and a is young again
  cache.set("GET", "/d", prepared("/d"));
  assert.equal(cache.get("GET", "/a")?.url, "/a");
  assert.equal(cache.get("GET", "/b"), undefined);
  assert.equal(cache.get("POST", "/a"), undefined);
});
