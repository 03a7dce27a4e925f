import assert from "node:assert/strict";
import { test } from "node:test";
import { hintsAtControl } from "../../src/control/control_hint.ts";

const FILES: Readonly<Record<string, string>> = {
  "plain.ts": 'import { FastHttpUser, task } from "locust-ts";',
  "heard.mts": "events.testStart.addListener(() => {});",
  "shaped.js": "export class Peak extends LoadTestShape {}",
  "locustfile.ts": "events.init.addListener(() => {});",
};

function readText(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw new Error("no such file");
  return text;
}

const cases: [sentence: string, words: readonly string[], expected: boolean][] = [
  ["false for a file with users alone", ["plain.ts", "-u", "1"], false],
  ["true for a file with a listener", ["heard.mts"], true],
  ["true for a file with a shape", ["-f", "shaped.js"], true],
  ["true where one of several files has a listener", ["--locustfile=plain.ts,heard.mts"], true],
  ["of locustfile.ts where no file is named", ["-u", "1"], true],
  ["false for a file that cannot be read", ["missing.ts"], false],
];
for (const [sentence, words, expected] of cases) {
  test(`hintsAtControl() is ${sentence}`, () => assert.equal(hintsAtControl(words, readText), expected));
}
