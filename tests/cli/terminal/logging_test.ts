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
  const stdout = captureOutput();
  const logging = openLogging({
    level: "INFO",
    setup: "normal",
    host: "box",
    stderr,
    stdout,
    wallMs: () => AT,
    ...more,
  });
  return { logging, stderr, stdout };
}

describe("openLogging()", () => {
  test("writes Locust's line format to standard error", () => {
    const { logging, stderr } = open();
    const followed: string[] = [];
    logging.follow(({ formatted }) => followed.push(formatted));
    logging.named("locust.main").info("Starting Locust 1.0");
    assert.equal(stderr.text(), "[2026-01-31 09:05:07,042] box/INFO/locust.main: Starting Locust 1.0\n");
    assert.deepEqual(followed, [stderr.text().trimEnd()]);
  });
  test("leaves out what is below the level, from here and from elsewhere", () => {
    const { logging, stderr } = open({ level: "WARNING" });
    logging.named("a").info("no");
    logging.relay({ level: "INFO", logger: "a", message: "no" });
    logging.named("a").warning("yes");
    assert.match(stderr.text(), /^\[.*WARNING\/a: yes\n$/);
  });
  test("no name and no message forges a line of its own", () => {
    const { logging, stderr } = open();
    logging.relay({
      level: "INFO",
      logger: "a\x1b[31m\nb",
      message: "one\n[2026-01-31 09:05:07,042] box/ERROR/a: two",
    });
    assert.equal(
      stderr.text(),
      "[2026-01-31 09:05:07,042] box/INFO/a\\x1b[31m\\x0ab: one\n    [2026-01-31 09:05:07,042] box/ERROR/a: two\n",
    );
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
  test("--skip-log-setup logs nothing, and what user code prints still shows", () => {
    const { logging, stderr, stdout } = open({ setup: "skip" });
    logging.named("a").critical("no");
    logging.relay({ level: "PRINTED", logger: "locustfile", message: "yes" });
    assert.equal(stderr.text(), "");
    assert.equal(stdout.text(), "yes\n");
  });
  test("prints what user code prints as it is, at every level and beside a --logfile", () => {
    const file = join(makeKeptFolder(), "run.log");
    const { logging, stderr, stdout } = open({ file, level: "CRITICAL" });
    logging.relay({ level: "PRINTED", logger: "locustfile", message: "one\n\x1b[1mtwo" });
    assert.equal(stdout.text(), "one\n\x1b[1mtwo\n");
    assert.equal(stderr.text() + readFileSync(file, "utf8"), "");
  });
  test("prints no control characters of a target to a terminal", () => {
    const stdout = captureOutput({ isTty: true });
    const { logging } = open({ stdout });
    logging.relay({ level: "PRINTED", logger: "locustfile", message: "a\tb\n\x1b]0;owned\x07" });
    assert.equal(stdout.text(), "a\tb\n\\x1b]0;owned\\x07\n");
  });
  test("hides the live view around each line", () => {
    const stderr = captureOutput({ isTty: true });
    const { logging } = open({ stderr });
    const cover = { hide: () => stderr.write("<hide>"), show: () => stderr.write("<show>") };
    logging.setCover(cover);
    logging.named("a").info("line");
    logging.setCover(undefined);
    logging.named("a").info("bare");
    assert.match(stderr.text(), /^<hide>\[.*line\n<show>\[.*bare\n$/);
  });
  test("hands followers the node of a foreign line, and lines that user code prints", () => {
    const { logging } = open();
    const followed: unknown[] = [];
    logging.follow(({ level, node, message }) => followed.push([level, node, message]));
    logging.relay({ level: "ERROR", logger: "shop", message: "broke", node: "worker w1" });
    logging.relay({ level: "PRINTED", logger: "", message: "hello" });
    assert.deepEqual(followed, [["ERROR", "worker w1", "broke"], ["PRINTED", undefined, "hello"]]);
  });
  test("keeps the first lines, in their order and with their times, until the hold ends", () => {
    const held = hold();
    let nowMs = AT;
    const { logging, stderr, stdout } = open({ hold: held.hold, wallMs: () => nowMs });
    const written: string[] = [];
    for (const [name, output] of [["err", stderr], ["out", stdout]] as const) {
      const write = output.write.bind(output);
      output.write = (text: string) => (written.push(`${name} ${text.trimEnd().slice(-5)}`), write(text));
    }
    logging.named("a").info("first");
    logging.relay({ level: "PRINTED", logger: "locustfile", message: "print" });
    nowMs += 5000;
    logging.named("a").info("third");
    logging.named("a").debug("below");
    assert.deepEqual(written, []);
    held.release();
    assert.deepEqual(written, ["err first", "out print", "err third"]);
    assert.match(stderr.text(), /09:05:07,042.*first\n.*09:05:12,042.*third\n$/);
    logging.named("a").info("later");
    assert.equal(written.at(-1), "err later");
  });
  test("writes what it has kept at its end, and when that is too much", () => {
    const { logging, stderr } = open({ hold: hold().hold });
    logging.named("a").info("kept");
    assert.equal(stderr.text(), "");
    logging[Symbol.dispose]();
    assert.match(stderr.text(), /kept\n$/);
    const many = open({ hold: hold().hold });
    for (let line = 0; line < 1000; line++) many.logging.named("a").info("x");
    assert.equal(many.stderr.text(), "");
    many.logging.named("a").info("x");
    assert.equal(many.stderr.text().split("\n").length, 1002);
  });
});

/** A hold that the test ends. */
function hold() {
  let release = () => {};
  return {
    hold: (given: () => void) => {
      release = given;
      return { cancel() {} };
    },
    release: () => release(),
  };
}
