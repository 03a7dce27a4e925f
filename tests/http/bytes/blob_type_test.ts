import assert from "node:assert/strict";
import { test } from "node:test";
import { typeOfBlob } from "../../../src/http/bytes/blob_type.ts";
import { encodeMultipart } from "../../../src/http/bytes/multipart.ts";

for (
  const type of [
    "application/json",
    "text/plain",
    "text/html",
    "text/css",
    "text/csv",
    "image/png",
    "text/plain; charset=utf-8",
    "text/plain;charset=iso-8859-1",
    "application/xml;charset=utf-8",
    "",
  ]
) {
  test(`typeOfBlob() is the type that was given: "${type}"`, () => {
    assert.equal(typeOfBlob(new Blob(["x"], { type })), type);
    assert.equal(typeOfBlob(new File(["x"], "name", { type })), type);
  });
}

test("encodeMultipart() writes the type of a file as it was given", () => {
  const form = new FormData();
  form.set("data", new Blob(["{}"], { type: "application/json" }), "data.json");
  const [head] = encodeMultipart(form, "B").parts;
  assert.match(new TextDecoder().decode(head as Uint8Array), /\r\nContent-Type: application\/json\r\n\r\n$/);
});
