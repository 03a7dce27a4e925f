import { strict as assert } from "node:assert";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { takesGzip } from "../../../src/server/routing/compress.ts";
import { createWebFixture } from "../../support/web_fixture.ts";

for (
  const [accepted, isTaken] of [
    ["gzip", true],
    ["gzip, deflate, br, zstd", true],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", true],
    ["GZIP", true],
    ["gzip;q=0", false],
    ["br, gzip; q=0.000", false],
    ["identity", false],
    ["x-gzip-like", false],
    ["", false],
    [undefined, false],
  ] as const
) {
  test(`takesGzip() of ${accepted ?? "no header"} is ${isTaken}`, () => assert.equal(takesGzip(accepted), isTaken));
}

const GZIP = { headers: { "accept-encoding": "gzip" } };

test("compress() packs long texts for readers who take them so, and leaves the others alone", async () => {
  const { ask } = createWebFixture();
  const plain = await ask("/api/v1/openapi.json");
  const packed = await ask("/api/v1/openapi.json", GZIP);
  assert.deepEqual([plain.headers.get("content-encoding"), packed.headers.get("content-encoding")], [null, "gzip"]);
  assert.deepEqual([plain.headers.get("vary"), packed.headers.get("vary")], ["Accept-Encoding", "Accept-Encoding"]);
  assert.equal(packed.headers.get("content-type"), plain.headers.get("content-type"));
  assert.equal(packed.headers.get("x-content-type-options"), "nosniff");
  const bytes = new Uint8Array(await packed.arrayBuffer());
  const text = await plain.text();
  assert.equal(gunzipSync(bytes).toString(), text);
  assert.ok(bytes.length < text.length / 3, `${bytes.length} of ${text.length}`);
  const short = await ask("/api/v1/run", GZIP);
  assert.equal(short.headers.get("content-encoding"), null, "a short one");
  assert.equal(typeof (await short.json() as { state: unknown }).state, "string");
  const wrong = await ask("/api/v1/run", { ...GZIP, method: "PUT" });
  assert.deepEqual([wrong.status, wrong.headers.get("allow")?.includes("PATCH")], [405, true]);
});

test("compress() keeps the cookies and the status of an answer", async () => {
  const { ask } = createWebFixture({ access: { password: "secret" } });
  const form = (password: string) => ({ ...GZIP, method: "POST", body: new URLSearchParams({ password }) });
  const wrong = await ask("/login", form("wrong"));
  assert.deepEqual([wrong.status, wrong.headers.get("content-encoding")], [401, "gzip"]);
  const right = await ask("/login", form("secret"));
  assert.deepEqual([right.status, right.headers.getSetCookie().length], [303, 1]);
});
