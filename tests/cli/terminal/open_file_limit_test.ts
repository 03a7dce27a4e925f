import { strict as assert } from "node:assert";
import { test } from "node:test";
import { describeFileLimit, readFileLimit } from "../../../src/cli/terminal/open_file_limit.ts";

test("describeFileLimit() warns when users and reserve do not fit", () => {
  assert.equal(describeFileLimit(800, 1024), undefined);
  assert.equal(
    describeFileLimit(1000, 1024),
    'The limit of open files is 1024, too low for 1000 users with a connection each; raise it with "ulimit -n 10000" ' +
      "before the start (in a container: --ulimit nofile=10000)",
  );
  assert.match(describeFileLimit(30_000, 20_000) ?? "", /ulimit -n 31000/);
  assert.equal(describeFileLimit(30_000, undefined), undefined);
});

test("readFileLimit() reads the soft limit", () => {
  const limits = (soft: string) => () => `Limit  Soft  Hard  Units\nMax open files            ${soft}   4096   files\n`;
  assert.equal(readFileLimit(limits("1024")), 1024);
  assert.equal(readFileLimit(limits("unlimited")), Infinity);
  assert.equal(readFileLimit(() => "nothing"), undefined);
  assert.equal(
    readFileLimit(() => {
      throw new Error("no /proc");
    }),
    undefined,
  );
});
