import assert from "node:assert/strict";
import { test } from "node:test";
import { CookieJar } from "../../../src/http/cookies/cookie_jar.ts";

const SHOP = new URL("http://www.shop.example/cart/items");

/** Where a request goes. */
function to(url: string | URL) {
  return { url: String(url), parsed: new URL(url) };
}

function createJar() {
  let nowMs = Date.UTC(2026, 0, 1);
  const jar = new CookieJar({ wallMs: () => nowMs, defaultHost: () => "www.shop.example" });
  return { jar, advance: (ms: number) => nowMs += ms };
}

test("CookieJar.headerFor() sends longer paths first, then older cookies", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Path=/", "b=2; Path=/cart/items", "c=3; Path=/cart", "d=4; Path=/cart"], SHOP);
  assert.equal(jar.headerFor(to(SHOP)), "b=2; c=3; d=4; a=1");
  assert.equal(jar.headerFor(to("http://www.shop.example/")), "a=1");
  assert.equal(jar.headerFor(to("http://other.example/cart/items")), undefined);
});

test("CookieJar.receive() replaces by name, domain and path, and keeps the place", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Path=/", "b=2; Path=/", "a=3; Path=/"], SHOP);
  assert.equal(jar.headerFor(to(SHOP)), "a=3; b=2");
  assert.equal(jar.size, 2);
});

test("CookieJar.receive() with a past date removes", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Path=/"], SHOP);
  assert.equal(jar.headerFor(to(SHOP)), "a=1");
  await jar.receive(["a=; Path=/; Max-Age=0"], SHOP);
  assert.equal(jar.headerFor(to(SHOP)), undefined);
  assert.equal(jar.isEmpty, true);
});

test("CookieJar forgets what expires, also between two requests for one page", async () => {
  const { jar, advance } = createJar();
  await jar.receive(["a=1; Path=/; Max-Age=10", "b=2; Path=/"], SHOP);
  assert.equal(jar.headerFor(to(SHOP)), "a=1; b=2");
  advance(10_000);
  assert.equal(jar.headerFor(to(SHOP)), "b=2");
  assert.equal(jar.get("a"), undefined);
});

test("CookieJar.receive() prolongs a cookie that is sent again", async () => {
  const { jar, advance } = createJar();
  for (let i = 0; i < 5; i++) {
    await jar.receive(["a=1; Path=/; Max-Age=10"], SHOP);
    advance(9_000);
    assert.equal(jar.headerFor(to(SHOP)), "a=1");
  }
});

test("CookieJar sends domain cookies to subdomains and host cookies to their host", async () => {
  const { jar } = createJar();
  await jar.receive(["wide=1; Domain=shop.example; Path=/", "own=2; Path=/"], SHOP);
  assert.equal(jar.headerFor(to("http://api.shop.example/")), "wide=1");
  assert.equal(jar.headerFor(to("http://www.shop.example/")), "wide=1; own=2");
});

test("CookieJar refuses cookies for public suffixes", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Domain=co.uk"], new URL("http://shop.co.uk/"));
  await jar.receive(["b=1; Domain=github.io"], new URL("http://ada.github.io/"));
  assert.equal(jar.isEmpty, true);
  await jar.receive(["c=1; Domain=shop.co.uk"], new URL("http://www.shop.co.uk/"));
  assert.equal(jar.size, 1);
});

test("CookieJar lets a host that is a public suffix set a cookie for itself alone", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Domain=localhost; Path=/"], new URL("http://localhost/"));
  assert.equal(jar.headerFor(to("http://localhost/")), "a=1");
  assert.equal(jar.headerFor(to("http://x.localhost/")), undefined);
});

test("CookieJar keeps Secure cookies from plain http", async () => {
  const { jar } = createJar();
  await jar.receive(["a=1; Secure; Path=/"], new URL("https://www.shop.example/"));
  assert.equal(jar.headerFor(to("http://www.shop.example/")), undefined);
  assert.equal(jar.headerFor(to("https://www.shop.example/")), "a=1");
});

test("CookieJar lets no answer over plain http take the place of a Secure cookie", async () => {
  const https = new URL("https://www.shop.example/a/b");
  const http = new URL("http://www.shop.example/a/b");
  for (const own of ["a=2; Path=/", "a=; Path=/; Max-Age=0", "a=2; Path=/a", "a=2; Path=/; Domain=shop.example"]) {
    const { jar } = createJar();
    await jar.receive(["a=1; Secure; Path=/"], https);
    await jar.receive([own], http);
    assert.equal(jar.headerFor(to(https)), "a=1", own);
    await jar.receive([own], http);
    assert.equal(jar.headerFor(to(https)), "a=1", `${own}, once more`);
  }
  const { jar: later } = createJar();
  await later.receive(["a=2; Path=/"], http);
  await later.receive(["a=1; Secure; Path=/"], https);
  await later.receive(["a=2; Path=/"], http);
  assert.equal(later.headerFor(to(https)), "a=1", "it was accepted before");
  const { jar } = createJar();
  await jar.receive(["a=1; Secure; Path=/a", "b=1; Secure; Path=/"], https);
  await jar.receive(["a=2; Path=/", "b=2; Path=/; Domain=other.example"], http);
  assert.equal(jar.headerFor(to(https)), "a=1; b=1; a=2"); // a cookie above it is another one
  await jar.receive(["b=3; Path=/"], https);
  assert.equal(jar.headerFor(to(http)), "b=3; a=2");
});

test("CookieJar.set() is for the session's host, or the domain it names", () => {
  const { jar } = createJar();
  jar.set("a", "1");
  jar.set("b", "2", { domain: "shop.example" });
  assert.equal(jar.headerFor(to("http://www.shop.example/")), "a=1; b=2");
  assert.equal(jar.headerFor(to("http://api.shop.example/")), "b=2");
  jar.delete("a");
  assert.deepEqual([...jar].map((cookie) => cookie.name), ["b"]);
});

test("CookieJar.set() refuses what would forge another cookie", () => {
  const { jar } = createJar();
  assert.throws(() => jar.set("a", "1; b=2"), /"a".*encode/);
  assert.throws(() => jar.set("a=b", "1"), /encode/);
});

test("CookieJar is bounded per domain: the oldest goes", async () => {
  const { jar } = createJar();
  await jar.receive(Array.from({ length: 200 }, (_, i) => `c${i}=1; Path=/`), SHOP);
  assert.equal(jar.size, 180);
  assert.equal(jar.has("c0"), false);
  assert.equal(jar.has("c199"), true);
});

test("CookieJar.receive() takes a cookie that comes again as it took it the first time", async () => {
  const { jar, advance } = createJar();
  const values = ["a=1; Path=/"];
  for (let turn = 0; turn < 3; turn++) {
    await jar.receive(values, SHOP);
    assert.equal(jar.headerFor(to(SHOP)), "a=1");
    jar.clear();
    assert.equal(jar.headerFor(to(SHOP)), undefined);
  }
  await jar.receive(values, SHOP);
  await jar.receive(["a=2; Path=/"], SHOP);
  await jar.receive(values, SHOP);
  assert.equal(jar.headerFor(to(SHOP)), "a=1");
  // A lifetime is counted from each receipt.
  const lasting = ["b=1; Path=/; Max-Age=10"];
  await jar.receive(lasting, SHOP);
  advance(6_000);
  await jar.receive(lasting, SHOP);
  advance(6_000);
  assert.equal(jar.headerFor(to(SHOP)), "a=1; b=1");
  advance(6_000);
  assert.equal(jar.headerFor(to(SHOP)), "a=1");
  // The same text from another host is another cookie.
  await jar.receive(values, new URL("http://api.shop.example/"));
  assert.equal(jar.headerFor(to("http://api.shop.example/x")), "a=1");
});
