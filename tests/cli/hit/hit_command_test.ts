import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { createHit, type HitCommand } from "../../../src/cli/hit/hit_command.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "locust-ts-hit-test-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

type Env = Readonly<Record<string, string>>;

function hit(argv: readonly string[], env: Env = {}): HitCommand {
  return createHit({ argv, env, configs: [], cwd });
}

function options(argv: readonly string[], env: Env = {}): readonly string[] {
  const made = hit(argv, env);
  return made.kind === "run" ? made.options : [];
}

function locustfile(argv: readonly string[]): string {
  const made = hit([...argv, "--print-locustfile"]);
  return made.kind === "print" ? made.locustfile : "";
}

function problems(argv: readonly string[]): readonly string[] {
  try {
    hit(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.problems;
    throw error;
  }
  return [];
}

const URL = "http://127.0.0.1:8000/items";

describe("createHit()", () => {
  test("a URL alone: 10 users at once, for 10 seconds", () => {
    assert.deepEqual(options([URL]), [
      "--users=10",
      "--spawn-rate=1000",
      "--run-time=10s",
      "--latencies",
      "--host=http://127.0.0.1:8000",
    ]);
  });

  test("a rate takes the place of users; stages of one end by themselves", () => {
    const rest = ["--latencies", "--host=http://127.0.0.1:8000"];
    assert.deepEqual(options([URL, "--rate", "50/s"]), ["--rate=50/s", "--run-time=10s", ...rest]);
    assert.deepEqual(options([URL, "--rate", "1m:50/s"]), ["--rate=1m:50/s", ...rest]);
  });

  test("what the environment says is not overridden, but for the host", () => {
    const env = { LOCUST_USERS: "3", LOCUST_RUN_TIME: "4s", LOCUST_HOST: "http://other.test" };
    assert.deepEqual(options([URL], env), ["--spawn-rate=300", "--latencies", "--host=http://127.0.0.1:8000"]);
  });

  test("options of a run pass through, with a ramp of their own where one is asked for", () => {
    const argv = [URL, "-u", "5", "-r", "2", "-t", "3s", "--html", "a.html", "--threshold", "p95<300", "--json"];
    assert.deepEqual([...options([...argv, "--threshold", "failures<1%"])].sort(), [
      "--host=http://127.0.0.1:8000",
      "--html=a.html",
      "--json",
      "--latencies",
      "--run-time=3s",
      "--spawn-rate=2",
      "--threshold=failures<1%",
      "--threshold=p95<300",
      "--users=5",
    ]);
  });

  test("a number of requests is the end of the run, unless a time is given too", () => {
    const rest = ["--latencies", "--host=http://127.0.0.1:8000"];
    assert.deepEqual(options([URL, "-n", "1000", "-c", "50"]), [
      "--users=50",
      "--iterations=1000",
      "--spawn-rate=5000",
      ...rest,
    ]);
    assert.ok(options([URL, "-n", "1000", "-t", "5s"]).includes("--run-time=5s"));
  });

  const sameAs: readonly (readonly [string, string])[] = [
    ["-c 50 -z 5s", "-u 50 -t 5s"],
    ["--connections 50 --duration 5s", "-u 50 -t 5s"],
    ["-t2 -c100 -d30s", "--processes 2 -u 100 -t 30s"],
    ["-t 2 -c 100 -d 30s", "--processes 2 -u 100 -t 30s"],
    ["--threads 4 -d 1m", "--processes 4 -t 1m"],
    ["-duration=5s", "-t 5s"],
    ["-q 200 -z 5s", "--rate 200 -t 5s"],
    ["-rate=50/s -duration=5s", "--rate 50/s -t 5s"],
  ];
  for (const [theirs, ours] of sameAs) {
    test(`"${theirs}" is "${ours}"`, () => {
      assert.deepEqual(
        [...options([URL, ...theirs.split(" ")])].sort(),
        [...options([URL, ...ours.split(" ")])].sort(),
      );
    });
  }

  test("-t without wrk's -d is a time", () => {
    assert.ok(options([URL, "-t", "2"]).includes("--run-time=2"));
  });

  const requests: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["a path", [URL], /this\.client\.get\("\/items"\);/],
    ["no path", ["http://h.test"], /get\("\/"\)/],
    ["a query, and no fragment", ["http://h.test/a?b=c d#e"], /get\("\/a\?b=c%20d"\)/],
    ["no scheme", ["localhost:8000/x"], /host = "http:\/\/localhost:8000";/],
    ["a method", [URL, "-X", "DELETE"], /client\.delete\("\/items"\)/],
    ["a method of its own", [URL, "-m", "PURGE"], /client\.request\("PURGE", "\/items"\)/],
    [
      "JSON",
      [URL, "-d", '{"a":1}'],
      /post\("\/items", \{ headers: \{ "Content-Type": "application\/json" \}, body: "\{\\"a\\":1\}" \}\)/,
    ],
    ["text", [URL, "-d", "30 s"], /"Content-Type": "text\/plain; charset=utf-8" \}, body: "30 s"/],
    ["a content type", [URL, "-d", "a=1", "-T", "a/b"], /"Content-Type": "a\/b"/],
    ["a content type as header", [URL, "-d", "{}", "-H", "content-type: x/y"], /headers: \{ "content-type": "x\/y" \}/],
    ["a header twice", [URL, "-H", "A: 1", "-H", "a: 2"], /headers: \[\["A", "1"\], \["a", "2"\]\]/],
    ["basic authentication", [URL, "-a", "ada:a:b"], /auth: \["ada", "a:b"\]/],
    ["ab's authentication", [URL, "-A", "ada:b"], /auth: \["ada", "b"\]/],
    ["hey's Accept", [URL, "-A", "text/html"], /"Accept": "text\/html"/],
    ["a timeout", [URL, "--timeout", "2.5"], /timeout: 2\.5/],
    ["no redirects", [URL, "--no-redirects"], /redirect: "manual"/],
    ["no keep-alive", [URL, "--no-keepalive"], /"Connection": "close"/],
    ["verified certificates", [URL], /insecure = false;/],
    ["any certificate", [URL, "-k"], /insecure = true;/],
  ];
  for (const [what, argv, expected] of requests) {
    test(`the locustfile has ${what}`, () => assert.match(locustfile(argv), expected));
  }

  test("a body of a file: text as text, bytes as Base64", () => {
    writeFileSync(join(cwd, "order.json"), '{"item":7}\n');
    writeFileSync(join(cwd, "raw.bin"), Uint8Array.of(0xff, 0, 1));
    assert.match(locustfile([URL, "-d", "@order.json"]), /body: "\{\\"item\\":7\}\\n"/);
    assert.equal(
      locustfile([URL, "-D", "order.json"]).split("\n")[9],
      locustfile([URL, "-p", "order.json"]).split("\n")[9],
    );
    assert.match(locustfile([URL, "-d", "@raw.bin"]), /atob\("\/wAB"\)/);
  });

  test("passwords are not in the comment that names the command", () => {
    const text = locustfile([URL, "-a", "ada:secret", "http://bob:hidden@h.test/"]);
    assert.doesNotMatch(text.split("\n")[0] ?? "", /secret|hidden/);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no URL", [], /^Cannot hit anything: no URL is named; write locust-ts hit /],
    ["another scheme", ["ftp://h.test"], /"ftp:\/\/h\.test" is not an http or https URL/],
    ["no header", [URL, "-H", "nonsense"], /"nonsense" is not a header; write "Name: value"/],
    ["no authentication", [URL, "-a", "ada"], /there is no colon in it/],
    ["a missing file", [URL, "-d", "@none.json"], /^Cannot read "none\.json": there is no such file; check the path/],
    ["a folder", [URL, "-d", "@."], /^Cannot read "\.": it is a folder; name a file/],
    ["an option of locustfiles", [URL, "--tags", "a"], /Cannot use --tags/],
    ["a typo", [URL, "--heder", "a: b"], /Did you mean "--header"/],
    ["two numbers of users", [URL, "-u", "1", "-c", "2"], /--connections 2: --users is 1 and means the same/],
  ];
  for (const [what, argv, expected] of refused) {
    test(`${what} is refused`, () => assert.match(problems(argv).join("\n"), expected));
  }
});
