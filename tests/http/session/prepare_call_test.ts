import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { digestAuth } from "../../../src/http/request/digest_auth.ts";
import type { RequestOptions } from "../../../src/http/request/request_options.ts";
import { composeCall, shapeCall } from "../../../src/http/session/prepare_call.ts";
import { prepareChain } from "../../../src/http/session/prepare_request.ts";
import { FAST_TRAITS, HTTP_TRAITS, type SessionOptions } from "../../../src/http/session/session_options.ts";
import { HttpSender } from "../../../src/http/session/http_session.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeOwner } from "../../support/fake_owner.ts";

type Options = RequestOptions<never>;

const BASE = "http://127.0.0.1:81";

function createState(options: SessionOptions = {}, traits = FAST_TRAITS): HttpSender {
  return new HttpSender({ baseUrl: BASE, ...options }, new FakeOwner({ clock: new FakeClock() }), traits);
}

function headOf(call: { readonly wire: { readonly head: Uint8Array } } | undefined): string | undefined {
  return call === undefined ? undefined : new TextDecoder("latin1").decode(call.wire.head);
}

const text = fc.constantFrom("", "7", "a b", "*/*", "ä", " x ", "text/plain", "application/json");
const headers = fc.dictionary(
  fc.constantFrom(
    "X-A",
    "x-a",
    "Accept",
    "Content-Type",
    "content-length",
    "Host",
    "Authorization",
    "Cookie",
    "Expect",
  ),
  fc.oneof(text, fc.integer(), fc.boolean()),
);
const anyOptions: fc.Arbitrary<Options> = fc.record({
  name: fc.constantFrom("row", "", undefined),
  headers: fc.option(headers, { nil: undefined }),
  params: fc.option(fc.dictionary(fc.constantFrom("a", "b c"), text), { nil: undefined }),
  redirect: fc.constantFrom("follow", "manual", undefined),
  maxRedirects: fc.constantFrom(2, undefined),
  timeout: fc.constantFrom(3, { total: 2 }, undefined),
}, { requiredKeys: [] });
const body: fc.Arbitrary<Options> = fc.oneof(
  fc.constant({}),
  fc.record({ json: fc.jsonValue() }),
  fc.record({ form: fc.dictionary(fc.constantFrom("x", "y"), text) }),
  fc.record({ body: fc.constantFrom("", "text", new Uint8Array([1, 2])) }),
);
const settings = fc.record({
  headers: headers.map((fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => name !== "x-a"))),
  cookies: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("1", "é"), { maxKeys: 2 }),
  auth: fc.constantFrom(undefined, ["user", "pass"] as const),
  requestName: fc.constantFrom(undefined, "all"),
});

test("shapeCall() sends what a chain sends first, and goes on as that does", () => {
  let shaped = 0;
  const method = fc.constantFrom("GET", "POST", "HEAD", "DELETE");
  const url = fc.constantFrom(
    "/",
    "/items?page=1",
    "/items/7",
    "items",
    "http://other.example/",
    "https://other.example/items?page=1",
    "http://other.example:80/",
    "http://OTHER.example/x",
    "http://[::1]:8080/x",
    "http://my_host?q=1",
    `${BASE}/items/7`,
    "http://me:pw@other.example/x",
    "/a b",
    "/#top",
  );
  const base = fc.constantFrom(BASE, `${BASE}/`, `${BASE}/api/v2`, "http://me:pw@other.example", "http://[::1]:8080");
  const traits = fc.constantFrom(FAST_TRAITS, HTTP_TRAITS);
  fc.assert(
    fc.property(
      method,
      url,
      base,
      anyOptions,
      body,
      settings,
      traits,
      (method, url, base, most, body, settings, traits) => {
        const state = createState({ baseUrl: base }, traits);
        for (const [name, value] of Object.entries(settings.headers)) state.headers.set(name, value);
        for (const [name, value] of Object.entries(settings.cookies)) state.jar.set(name, value);
        if (settings.auth !== undefined) state.auth = settings.auth;
        state.requestName = settings.requestName;
        const options = { ...most, ...body };
        for (let turn = 0; turn < 2; turn++) { // the second time by the template of the first
          const prepared = prepareChain(state, method, url, options);
          const call = shapeCall(state, method, url, options);
          if (call === undefined) continue;
          shaped++;
          const composed = composeCall(state, prepared)!;
          assert.equal(headOf(call), headOf(composed));
          assert.deepEqual(call.wire.body, composed.wire.body);
          assert.deepEqual([call.name, call.nameOrigin, call.url], [composed.name, composed.nameOrigin, composed.url]);
          assert.deepEqual([call.wire.timeouts, call.redirects], [composed.wire.timeouts, composed.redirects]);
          const { target, headers, ...start } = call.start();
          const { target: sameTarget, headers: sameHeaders, ...same } = prepared.start;
          assert.deepEqual({ ...start, auth: start.auth }, same);
          assert.deepEqual([...headers ?? []], [...sameHeaders ?? []]);
          assert.equal(target.url, sameTarget.url);
        }
      },
    ),
    { numRuns: 2000 },
  );
  assert.ok(shaped > 100, String(shaped)); // or nothing was tested
});

test("shapeCall() gives equal shapes one template, and follows changes of the session's headers and credentials", () => {
  const state = createState();
  const head = (value: string) => headOf(shapeCall(state, "GET", "/", { headers: { "X-A": value } }));
  assert.match(head("1") ?? "", /\r\nX-A: 1\r\n/);
  state.headers.set("X-All", "yes");
  assert.match(head("2") ?? "", /\r\nX-All: yes\r\nX-A: 2\r\n/);
  state.auth = ["user", "pass"];
  assert.match(head("3") ?? "", /\r\nX-A: 3\r\nAuthorization: Basic /);
  state.baseUrl = "http://127.0.0.1:82";
  assert.match(head("4") ?? "", /^GET \/ HTTP\/1\.1\r\nHost: 127\.0\.0\.1:82\r\n/);
});

test("shapeCall() gives no other origin the Host and the credentials of its own", () => {
  const state = createState({ baseUrl: "http://user:pass@127.0.0.1:81" });
  const head = (url: string) => headOf(shapeCall(state, "GET", url, { headers: { "X-A": "1" } })) ?? "";
  for (let turn = 0; turn < 2; turn++) {
    assert.match(head("/"), /Host: 127\.0\.0\.1:81\r\n[^]*Authorization: Basic/);
    for (const url of ["http://other.example/", "https://127.0.0.1:81/", "http://127.0.0.1:82/"]) {
      assert.match(head(url), new RegExp(`\r\nHost: ${new URL(url).host}\r\n`));
      assert.doesNotMatch(head(url), /Authorization/);
    }
    assert.match(head("http://127.0.0.1:81/"), /Authorization: Basic/);
  }
});

test("shapeCall() takes absolute URLs, IPv6, and paths behind a base URL with a path, but nothing that must be parsed", () => {
  const { url, params } = { url: "http://other.example/items", params: { a: 1 } };
  const shaped = shapeCall(createState(), "GET", url, { params });
  assert.match(headOf(shaped) ?? "", /^GET \/items\?a=1 HTTP\/1\.1\r\nHost: other\.example\r\n/);
  assert.equal(shaped?.url, "http://other.example/items?a=1");
  const behind = shapeCall(createState({ baseUrl: `${BASE}/api/v2/` }), "GET", "/items", { params });
  assert.match(headOf(behind) ?? "", /^GET \/api\/v2\/items\?a=1 HTTP\/1\.1\r\nHost: 127\.0\.0\.1:81\r\n/);
  const six = shapeCall(createState({ baseUrl: "http://[::1]:8080" }), "GET", "/", { params });
  assert.match(headOf(six) ?? "", /\r\nHost: \[::1\]:8080\r\n/);
  for (const other of ["http://me:pw@other.example/", "http://other.example/a b", "http://OTHER.example/"]) {
    const state = createState();
    prepareChain(state, "GET", other, { params }); // keeps the parsed target
    assert.equal(shapeCall(state, "GET", other, { params }), undefined, other);
  }
});

test("shapeCall() and composeCall() leave to a chain what is more than one exchange", () => {
  const cases: readonly Options[] = [
    { maxRetries: 1 },
    { auth: digestAuth("user", "pass") },
    { stream: true },
    { body: new ReadableStream() },
    { body: new FormData() },
  ];
  for (const options of cases) {
    const state = createState();
    assert.equal(shapeCall(state, "POST", "/", options), undefined);
    assert.equal(composeCall(state, prepareChain(state, "POST", "/", options)), undefined);
  }
  const digest = createState();
  digest.auth = digestAuth("user", "pass");
  assert.equal(shapeCall(digest, "GET", "/", {}), undefined);
  const retrying = createState({ maxRetries: 2 });
  assert.equal(shapeCall(retrying, "GET", "/", {}), undefined);
});
