import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFeed, describeFeedShortly } from "../../../src/report/summary/describe_feeds.ts";

test("describeFeed() says how far rows are used, and what is not known", () => {
  const feed = { name: "users.csv", rows: 1000, used: 412, left: 588, unsure: 0 };
  assert.equal(describeFeed(feed), "users.csv: 412 of 1000 rows used, 588 left");
  assert.equal(
    describeFeed({ ...feed, used: 1, rows: 1, left: 0, unsure: 1 }),
    "users.csv: 1 of 1 row used, 1 of them unsure (given to a worker or thread that was lost), 0 left",
  );
  assert.equal(describeFeed({ ...feed, left: null }), "users.csv: 412 rows used, of 1000 that repeat");
  assert.equal(describeFeed({ ...feed, rows: null, left: null }), "users.csv: 412 rows used");
  assert.equal(describeFeedShortly(feed), "users.csv 412/1000");
  assert.equal(describeFeedShortly({ ...feed, left: null }), "users.csv 412");
});
