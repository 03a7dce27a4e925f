import assert from "node:assert/strict";
import { test } from "node:test";
import { describeDifference } from "../../../src/master/workers/own_locustfile.ts";

const MASTERS = { userClasses: ["Reader"], knownClasses: ["Reader", "Writer"] };

test("describeDifference() of the same classes, or of those of the run alone", () => {
  assert.equal(describeDifference(MASTERS, ["Writer", "Reader"]), undefined);
  assert.equal(describeDifference(MASTERS, ["Reader"]), undefined);
});

test("describeDifference() names classes that are missing and classes that nobody knows", () => {
  assert.match(describeDifference(MASTERS, ["Writer"]) ?? "", /has no user class "Reader"/);
  assert.match(
    describeDifference(MASTERS, ["Reader", "A", "B"]) ?? "",
    /that the master's does not have: "A", "B"; give it/,
  );
  assert.equal(describeDifference({ userClasses: ["Reader"] }, ["Reader", "A"]), undefined);
});
