import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type LoggingOptions, openLogging } from "../../../src/cli/terminal/logging.ts";
import { captureOutput } from "../../support/capture_output.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

const AT = new Date(2026, 0, 31, 9, 5, 7, 42).getTime();

function open(more: Partial<LoggingOptions> = {}) {
  const stderr = captureOutput();
  const logging = openLogging({ level: "INFO", setup: "normal", host: "box", stderr, wallMs: () => AT, ...more });
  return { logging, stderr };
}

describe("openLogging()", () => {
  test("writes Locust's line format to standard error", () => {
    const { logging, stderr } = open();
    logging.named("locust.main").info("Starting Locust 1.0");
    assert.equal(stderr.text(), "[2026-01-31 09:05:07,042] box/INFO/locust.main: Starting Locust 1.0\n");
    assert.deepEqual(logging.recent(), [stderr.text().trimEnd()]);
  });
  test("leaves out what is below the level, from here and from elsewhere", () => {
    const { logging, stderr } = open({ level: "WARNING" });
    logging.named("a").info("no");
    logging.write({ level: "INFO", logger: "a", message: "no", wallMs: AT });
    logging.named("a").warning("yes");
    assert.match(stderr.text(), /^\[.*WARNING\/a: yes\n$/);
  });
  test("escapes controls but keeps the lines of a stack", () => {
    const { logging, stderr } = open();
    logging.named("a").error("red \x1b[31m\n  at x");
    assert.match(stderr.text(), /red \\x1b\[31m\n {2}at x\n$/);
  });
  test("writes to --logfile instead, at once and after what was there", () => {
    const file = join(makeKeptFolder(), "run.log");
    for (const word of ["one", "two"]) {
      const { logging, stderr } = open({ file });
      logging.named("a").info(word);
      assert.equal(stderr.text(), "");
      logging[Symbol.dispose]();
    }
    assert.match(readFileSync(file, "utf8"), /one\n.*two\n$/);
  });
  test("a --logfile that cannot be opened is a usage error", () => {
    assert.throws(
      () => open({ file: "/no/such/folder/x.log" }),
      /Cannot use --logfile .*its folder does not exist; choose another/,
    );
  });
  test("--skip-log-setup logs nothing", () => {
    const { logging, stderr } = open({ setup: "skip" });
    logging.named("a").critical("no");
    assert.equal(stderr.text(), "");
  });
  test("hides the live view around each line", () => {
    const { logging, stderr } = open();
    const cover = { hide: () => stderr.write("<hide>"), show: () => stderr.write("<show>") };
    logging.setCover(cover);
    logging.named("a").info("line");
    logging.setCover(undefined);
    logging.named("a").info("bare");
    assert.match(stderr.text(), /^<hide>\[.*line\n<show>\[.*bare\n$/);
  });
  test("keeps a bounded number of lines", () => {
    const { logging } = open();
    for (let i = 0; i < 600; i++) logging.named("a").info(String(i));
    assert.equal(logging.recent().length, 500);
    assert.match(logging.recent()[0] ?? "", /: 100$/);
  });
});
