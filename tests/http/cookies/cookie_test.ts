import assert from "node:assert/strict";
import { test } from "node:test";
import { domainMatches, parseCookieDate, parseSetCookie, pathMatches } from "../../../src/http/cookies/cookie.ts";

const NOW = Date.UTC(2026, 0, 1);
const HERE = new URL("http://www.shop.example/cart/items");

function parse(text: string, url = HERE) {
  return parseSetCookie(text, url, NOW);
}

test("parseSetCookie() takes host and path from the URL", () => {
  assert.deepEqual(parse("sid=a=b"), {
    name: "sid",
    value: "a=b",
    domain: "www.shop.example",
    scope: "host",
    path: "/cart",
    expiresMs: Infinity,
    secure: false,
    httpOnly: false,
  });
});

test("parseSetCookie() reads attributes without regard to case, the last of several counts", () => {
  const cookie = parse(" a = b ; PATH=/x; path=/y; DOMAIN=.Shop.Example ; HttpOnly; MAX-AGE=10");
  assert.deepEqual(
    [cookie?.name, cookie?.value, cookie?.path, cookie?.domain, cookie?.scope, cookie?.httpOnly, cookie?.expiresMs],
    ["a", "b", "/y", "shop.example", "domain", true, NOW + 10_000],
  );
});

for (
  const [text, why] of [
    ["a=b; Domain=other.example", "a foreign domain"],
    ["a=b; Domain=op.example", "a domain that only looks like a suffix"],
    ["a=b; Domain=a.www.shop.example", "a subdomain"],
    ["=; Path=/", "neither name nor value"],
    ["a=b\u0000c", "a control character"],
    ["a=b; Secure", "Secure over plain http"],
    ["__Host-a=b; Path=/", "the __Host- prefix without Secure"],
    ["__secure-a=b", "the __Secure- prefix without Secure"],
    ["=__Secure-a=b", "a cookie without a name that is sent as one with a prefix"],
    ["__host-a", "the same without an equals sign"],
    [`a=${"x".repeat(4100)}`, "more than 4096 bytes"],
  ] as const
) {
  test(`parseSetCookie() ignores ${why}`, () => assert.equal(parse(text), undefined));
}

test("parseSetCookie() with __Host- wants https, the root path and no domain", () => {
  const https = new URL("https://www.shop.example/");
  assert.equal(parse("__Host-a=b; Secure; Path=/", https)?.value, "b");
  assert.equal(parse("__Host-a=b; Secure; Path=/; Domain=shop.example", https), undefined);
  assert.equal(parse("__Host-a=b; Secure; Path=/x", https), undefined);
});

test("parseSetCookie() with __Http- and __Host-Http- wants HttpOnly as well", () => {
  const https = new URL("https://www.shop.example/");
  assert.equal(parse("__Http-a=b; Secure; HttpOnly; Path=/x", https)?.value, "b");
  assert.equal(parse("__Http-a=b; Secure", https), undefined);
  assert.equal(parse("__Host-Http-a=b; Secure; HttpOnly; Path=/", https)?.value, "b");
  assert.equal(parse("__Host-Http-a=b; Secure; Path=/", https), undefined);
  assert.equal(parse("__Host-Http-a=b; Secure; HttpOnly; Path=/x", https), undefined);
});

test("parseSetCookie() drops spaces and tabs around a value, and no byte of its UTF-8", () => {
  assert.equal(parse("a=\t\u00c3\u00a0 ")?.value, "\u00c3\u00a0"); // "à"
  assert.equal(parse("\u00a0a=\u00a0b")?.name, "\u00a0a");
});

test("parseSetCookie() passes over a Max-Age that is no number, also behind one that is", () => {
  assert.equal(parse("a=b; Max-Age=10; Max-Age=soon")?.expiresMs, NOW + 10_000);
  assert.equal(parse("a=b; Max-Age=1.5")?.expiresMs, Infinity);
});

test("parseCookieDate() takes no day that its month does not have", () => {
  assert.equal(parseCookieDate("Tue, 31 Nov 2026 12:00:00 GMT"), undefined);
  assert.equal(parseCookieDate("Sun, 29 Feb 2026 12:00:00 GMT"), undefined);
  assert.equal(parseCookieDate("Tue, 29 Feb 2028 12:00:00 GMT"), Date.UTC(2028, 1, 29, 12));
});

for (const host of ["127.0.0.1", "localhost", "[::1]"]) {
  test(`parseSetCookie() takes no Secure cookie over plain http, from ${host} neither`, () =>
    assert.equal(parse("a=b; Secure", new URL(`http://${host}/`)), undefined));
}

test("parseSetCookie() of an address is for that host, whatever Domain says", () => {
  assert.equal(parse("a=b; Domain=127.0.0.1", new URL("http://127.0.0.1/"))?.scope, "host");
  assert.equal(parse("a=b; Domain=0.0.1", new URL("http://127.0.0.1/")), undefined);
});

test("parseSetCookie() Max-Age beats Expires, zero and less is past, 400 days is the most", () => {
  assert.equal(parse("a=b; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT")?.expiresMs, NOW + 5000);
  assert.equal(parse("a=b; Max-Age=0")?.expiresMs, -Infinity);
  assert.equal(parse("a=b; Max-Age=-1")?.expiresMs, -Infinity);
  assert.equal(parse("a=b; Max-Age=soon")?.expiresMs, Infinity);
  assert.equal(parse("a=b; Max-Age=99999999999")?.expiresMs, NOW + 400 * 86_400_000);
});

for (
  const [text, expected] of [
    ["Wed, 09 Jun 2027 10:18:14 GMT", Date.UTC(2027, 5, 9, 10, 18, 14)],
    ["Wednesday, 09-Jun-27 10:18:14 GMT", Date.UTC(2027, 5, 9, 10, 18, 14)],
    ["Wed Jun  9 10:18:14 2027", Date.UTC(2027, 5, 9, 10, 18, 14)],
    ["09 june 99 1:2:3", Date.UTC(1999, 5, 9, 1, 2, 3)],
    ["10:18:14 9 Jun 69", Date.UTC(2069, 5, 9, 10, 18, 14)],
    ["Wed, 32 Jun 2027 10:18:14 GMT", undefined],
    ["Wed, 09 Jun 2027 24:00:00 GMT", undefined],
    ["Wed, 09 Jun 1600 10:18:14 GMT", undefined],
    ["tomorrow", undefined],
    ["", undefined],
  ] as const
) {
  test(`parseCookieDate() of "${text}"`, () => assert.equal(parseCookieDate(text), expected));
}

test("domainMatches() wants the same host or a whole label", () => {
  assert.equal(domainMatches("a.b.example", "b.example"), true);
  assert.equal(domainMatches("ab.example", "b.example"), false);
  assert.equal(domainMatches("10.0.0.1", "0.0.1"), false);
});

for (
  const [request, cookie, matches] of [
    ["/a/b", "/a", true],
    ["/a", "/a", true],
    ["/ab", "/a", false],
    ["/a/b", "/a/", true],
    ["/a", "/a/", false],
    ["/", "/", true],
  ] as const
) {
  test(`pathMatches() ${request} under ${cookie} is ${matches}`, () =>
    assert.equal(pathMatches(request, cookie), matches));
}
