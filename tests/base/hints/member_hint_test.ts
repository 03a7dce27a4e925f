import assert from "node:assert/strict";
import { test } from "node:test";
import { describeThrown } from "../../../src/base/errors.ts";
import { hintAtMember } from "../../../src/base/hints/member_hint.ts";

const ROWS: readonly (readonly [message: string, hint: string | undefined])[] = [
  ["feed.tsv is not a function. (In 'feed.tsv(\"a\")', 'feed.tsv' is undefined)", "write feed.csv"],
  ["feed.cvs is not a function", "write feed.csv"],
  ["feed.parquet is not a function", "feed has csv, jsonl, json, list, generate, sqlite"],
  [
    "feed is not a function. (In 'feed(rows)', 'feed' is an instance of Object)",
    'write feed.csv("users.csv"), and await its next(this)',
  ],
  [
    "res.body.includes is not a function. (In 'res.body.includes(\"x\")', 'res.body.includes' is undefined)",
    "a body is a stream; write (await res.text()).includes",
  ],
  ["body.match is not a function", "a body is a stream; write (await res.text()).match"],
  ["res.body.getReader2 is not a function", undefined],
  ["metrics.Trend is not a constructor", "write metrics.trend"],
  ["undefined is not a constructor (evaluating 'new metrics.Trend(\"a\")')", "write metrics.trend"],
  ["metrics.histogram is not a function", "write metrics.trend"],
  ["cluster.rendezVous is not a function", "write cluster.barrier"],
  ["cluster.counter is not a function", undefined], // an object of the user's own
  ["this.checks is not a function", 'write checks(res, { … }), with "checks" from "locust-ts"'],
  ["this.group is not a function", "write await this.transaction(name, async () => { … })"],
  ["this.get is not a function", 'requests are made by the client: "this.client.get"'],
  [
    "undefined is not an object (evaluating 'this.metrics.trend')",
    '"metrics" is no member of a user; import it from "locust-ts"',
  ],
  ["this.pause is not a function", "write await this.sleep(1)"],
  [
    "undefined is not an object (evaluating 'this.http.get')",
    'requests are made by the client: "await this.client.get(…)"',
  ],
  ["this.random.randint is not a function. (In 'this.random.randint(1, 6)')", "write this.random.integer"],
  ["this.random.chioce is not a function", "write this.random.choice"],
  [
    'this.client.get("/items").json is not a function. (In …)',
    "write await before the request, as in const res = await this.client.get(…)",
  ],
  [
    "events.emit is not a function",
    'values are added to metrics, as metrics.counter("orders").add(); listeners to an event, as events.request.addListener(…)',
  ],
  ["this.own is not a function", undefined],
  ["items.get is not a function", undefined],
  ["undefined is not an object (evaluating 'answer.items.length')", undefined],
];

for (const [message, hint] of ROWS) {
  test(`hintAtMember() of ${message}`, () => assert.equal(hintAtMember(message), hint));
}

test("describeThrown() adds the hint to what this engine says", () => {
  const metrics = {} as { histogram(name: string): void; Trend: new (name: string) => object };
  for (const call of [() => metrics.histogram("a"), () => new metrics.Trend("a")]) {
    try {
      call();
      assert.fail("it did not throw");
    } catch (error) {
      assert.match(describeThrown(error), /^TypeError: .*; write metrics\.trend$/);
    }
  }
});

test("describeThrown() of JSON.parse of an object says that it was no text, and of a page nothing", () => {
  const thrownBy = (value: unknown) => {
    try {
      JSON.parse(value as string);
      return "";
    } catch (error) {
      return describeThrown(error);
    }
  };
  assert.match(thrownBy(new ReadableStream()), /; an object was taken for a text; .*await res\.json\(\)$/);
  assert.match(thrownBy({}), /; an object was taken/);
  assert.doesNotMatch(thrownBy("<html>"), /an object/);
});
