import assert from "node:assert/strict";
import { test } from "node:test";
import { findFileProblem, toConnectError } from "../../../src/platform/sockets/connect_error.ts";

test("toConnectError() does not believe a refusal while no file can be opened", () => {
  const refused = { code: "ECONNREFUSED" };
  assert.equal(toConnectError(refused, "socket", () => undefined).code, "refused");
  assert.equal(toConnectError(refused, "socket", () => "EMFILE").code, "too_many_files");
  assert.equal(toConnectError(refused, "socket", () => "ENFILE").detail, "ENFILE");
  assert.equal(toConnectError({ code: "ECONNRESET" }, "socket", () => "EMFILE").code, "reset");
});

test("findFileProblem() finds nothing where files can be opened", () => assert.equal(findFileProblem(), undefined));
