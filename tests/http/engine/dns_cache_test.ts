import assert from "node:assert/strict";
import { test } from "node:test";
import { DnsCache, interleave, resolveHost, shareQueries } from "../../../src/http/engine/dns_cache.ts";
import { DnsError } from "../../../src/http/bytes/wire_error.ts";
import { FakeClock } from "../../support/fake_clock.ts";

test("interleave() takes the families by turns, beginning with the first one", () => {
  assert.deepEqual(interleave(["::1", "::2", "::3", "1.1.1.1"]), ["::1", "1.1.1.1", "::2", "::3"]);
  assert.deepEqual(interleave(["1.1.1.1", "2.2.2.2", "::1"]), ["1.1.1.1", "::1", "2.2.2.2"]);
  assert.deepEqual(interleave(["1.1.1.1"]), ["1.1.1.1"]);
  assert.deepEqual(interleave([]), []);
});

test("shareQueries() asks once for those who ask at the same time, and gives each the next address of a family first", async () => {
  let asked = 0;
  const ask = shareQueries(() => {
    asked++;
    return Promise.resolve(["10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "::2"]);
  });
  const answers = await Promise.all(["shop.test", "shop.test", "shop.test", "shop.test", "other.test"].map(ask));
  assert.equal(asked, 2);
  assert.deepEqual(answers, [
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "::2"],
    ["10.0.0.2", "10.0.0.3", "10.0.0.1", "::2", "::1"],
    ["10.0.0.3", "10.0.0.1", "10.0.0.2", "::1", "::2"],
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "::2", "::1"],
    ["10.0.0.1", "10.0.0.2", "10.0.0.3", "::1", "::2"],
  ]);
  assert.deepEqual((await ask("shop.test"))[0], "10.0.0.1");
  assert.equal(asked, 3);
});

test("shareQueries() gives those who share a query its failure, and asks again after it", async () => {
  let asked = 0;
  const ask = shareQueries(() => Promise.reject(new DnsError(`E${++asked}`)));
  const outcomes = await Promise.allSettled([ask("shop.test"), ask("shop.test")]);
  assert.deepEqual(outcomes.map((outcome) => outcome.status === "rejected" && outcome.reason.code), ["E1", "E1"]);
  await assert.rejects(ask("shop.test"), { code: "E2" });
});

test("DnsCache asks again only when the time to live is over", async () => {
  const clock = new FakeClock();
  let asked = 0;
  const cache = new DnsCache(() => Promise.resolve([`10.0.0.${++asked}`]), clock, 60_000);
  assert.equal(cache.get("shop.test"), undefined);
  assert.deepEqual(await cache.lookUp("shop.test"), ["10.0.0.1"]);
  await clock.advance(59_999);
  assert.deepEqual(cache.get("shop.test"), ["10.0.0.1"]);
  await clock.advance(1);
  assert.equal(cache.get("shop.test"), undefined);
  assert.deepEqual(await cache.lookUp("shop.test"), ["10.0.0.2"]);
});

test("DnsCache.prefer() puts the address that answered first, for the rest of its time", async () => {
  const clock = new FakeClock();
  const cache = new DnsCache(() => Promise.resolve(["::1", "127.0.0.1"]), clock, 1000);
  await cache.lookUp("shop.test");
  cache.prefer("shop.test", "127.0.0.1");
  assert.deepEqual(cache.get("shop.test"), ["127.0.0.1", "::1"]);
  cache.prefer("other.test", "127.0.0.1");
  await clock.advance(1000);
  assert.equal(cache.get("shop.test"), undefined);
});

test("DnsCache takes a name without addresses for an error, and keeps no failure", async () => {
  let answer: readonly string[] = [];
  const cache = new DnsCache(() => Promise.resolve(answer), new FakeClock(), 1000);
  await assert.rejects(
    () => cache.lookUp("shop.test"),
    (error) => error instanceof DnsError && error.code === "ENODATA",
  );
  answer = ["127.0.0.1"];
  assert.deepEqual(await cache.lookUp("shop.test"), ["127.0.0.1"]);
});

test("resolveHost() asks the system, and names what it says", async () => {
  const addresses = await resolveHost("localhost");
  assert.ok(addresses.includes("127.0.0.1") || addresses.includes("::1"), addresses.join());
  await assert.rejects(
    () => resolveHost("no-such-host.invalid"),
    (error) => error instanceof DnsError && error.label === "DnsError" && error.code !== "",
  );
});

test("resolveHost() knows the names below localhost, as browsers do", async () => {
  const own = await resolveHost("localhost");
  for (const name of ["tenant.localhost", "a.b.LOCALHOST", "localhost."]) {
    assert.deepEqual(await resolveHost(name), own);
  }
});
