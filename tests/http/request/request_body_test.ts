import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeMultipart } from "../../../src/http/bytes/multipart.ts";
import { readAll } from "../../../src/http/bytes/read_all.ts";
import { encodeBody, type EncodedBody } from "../../../src/http/request/request_body.ts";
import type { RequestBody } from "../../../src/http/request/request_options.ts";

async function textOf(body: EncodedBody): Promise<string> {
  if (body.kind === "none") return "";
  const bytes = body.kind === "bytes" ? body.bytes : await readAll(body.open()!);
  return new TextDecoder().decode(bytes);
}

const encode = (body: RequestBody) => encodeBody({ body }, () => "BOUNDARY");

for (
  const [title, options, contentType, text] of [
    ["json", { json: { a: [1, "ä"] } }, "application/json", '{"a":[1,"ä"]}'],
    ["json null", { json: null }, "application/json", "null"],
    ["form", { form: { a: "x y", b: [1, 2] } }, "application/x-www-form-urlencoded", "a=x+y&b=1&b=2"],
    ["string", { body: "ä" }, "text/plain;charset=UTF-8", "ä"],
    ["bytes", { body: Uint8Array.of(104, 105) }, undefined, "hi"],
    ["ArrayBuffer", { body: Uint8Array.of(104, 105).buffer }, undefined, "hi"],
    ["DataView", { body: new DataView(Uint8Array.of(0, 104, 105).buffer, 1) }, undefined, "hi"],
    ["URLSearchParams", { body: new URLSearchParams("a=1") }, "application/x-www-form-urlencoded", "a=1"],
    ["Blob", { body: new Blob(["hi"], { type: "image/png" }) }, "image/png", "hi"],
    ["Blob without type", { body: new Blob(["hi"]) }, undefined, "hi"],
  ] as const
) {
  test(`encodeBody() ${title}`, async () => {
    const body = encodeBody(options as Parameters<typeof encodeBody>[0], () => "BOUNDARY");
    assert.equal(body.kind === "none" ? "none" : body.contentType, contentType);
    assert.equal(await textOf(body), text);
  });
}

test("encodeBody() of nothing is not a body", () => {
  assert.equal(encodeBody({}, () => "").kind, "none");
  assert.equal(encodeBody({ body: null }, () => "").kind, "none");
});

test("encodeBody() FormData is multipart with its exact length, and can be read again", async () => {
  const form = new FormData();
  form.set("field", "line\nbreak");
  form.set('na"me', new File(["data"], 'f"1.txt', { type: "text/csv" }));
  const body = encode(form);
  const expected = [
    '--BOUNDARY\r\nContent-Disposition: form-data; name="field"\r\n\r\nline\r\nbreak\r\n',
    '--BOUNDARY\r\nContent-Disposition: form-data; name="na%22me"; filename="f%221.txt"\r\n',
    "Content-Type: text/csv\r\n\r\ndata\r\n--BOUNDARY--\r\n",
  ].join("");
  assert.equal(body.kind === "stream" && body.contentType, "multipart/form-data; boundary=BOUNDARY");
  assert.equal(await textOf(body), expected);
  assert.equal(await textOf(body), expected);
  assert.equal(body.kind === "stream" && body.length, new TextEncoder().encode(expected).length);
});

test("encodeMultipart() gives a file without a type the general one", async () => {
  const form = new FormData();
  form.set("f", new File(["x"], "x.bin"));
  const { parts } = encodeMultipart(form, "B");
  assert.match(await new Blob(parts as BlobPart[]).text(), /Content-Type: application\/octet-stream\r\n/);
});

test("encodeBody() ReadableStream has no length and opens once", async () => {
  const body = encode(ReadableStream.from([Uint8Array.of(104), Uint8Array.of(105)]));
  assert.equal(body.kind === "stream" && body.length, undefined);
  assert.equal(await textOf(body), "hi");
  assert.equal(body.kind === "stream" && body.open(), undefined);
});

test("encodeBody() names what it cannot send", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  assert.throws(() => encodeBody({ json: cyclic }, () => ""), /"json" cannot be written as JSON/);
  assert.throws(() => encodeBody({ json: () => 1 }, () => ""), /"json" is a function/);
  assert.throws(() => encode({ a: 1 } as unknown as string), /"body" is neither.*use "json" or "form"/);
});
