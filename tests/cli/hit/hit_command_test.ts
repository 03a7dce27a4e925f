import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { createHit, type HitCommand } from "../../../src/cli/hit/hit_command.ts";
import { HIT_TABLE } from "../../../src/cli/options/table/hit_options.ts";
import { translateHabits } from "../../../src/cli/hit/foreign/translate_habits.ts";

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
  test("a value that cannot be is answered with the flag that was typed", () => {
    for (
      const [argv, flag] of [
        [["-n", "0"], '-n "0"'],
        [["-n0"], '-n "0"'],
        [["--requests", "0"], '--requests "0"'],
        [["-c", "x"], '-c "x"'],
        [["-c", "0"], '-c "0"'],
        [["-u", "0"], '--users "0"'],
        [["-duration=0"], '--duration "0"'],
        [["--connections=-1"], '--connections "-1"'],
        [["-z", "0s"], '-z "0s"'],
        [["-q", "1/0s"], '-q "1/0s"'],
        [["-q0"], '-q "0"'],
        [["-R", "0"], '-R "0"'],
        [["-R", "x"], '-R "x"'],
        [["-cpus", "x"], '-cpus "x"'],
        [["-d", "0s"], '-d "0s"'],
        [["-t1000000", "-c1", "-d5s"], '-t "1000000"'],
        [["-z", "5s", "-t", "0"], '-t "0"'],
        [["--amount", "0"], '--amount "0"'],
        [["-max-workers=0"], '-max-workers "0"'],
        [["--users", "x"], '--users "x"'],
        [["-u", "1.5"], '--users "1.5"'],
        [["-n"], "-n"],
      ] as const
    ) {
      const found = problems([URL, ...argv]);
      assert.equal(found.length, 1, `${argv.join(" ")}: ${found.join("\n")}`);
      assert.ok(found[0]?.startsWith(`Cannot use ${flag}: `), `${argv.join(" ")}: ${found[0]}`);
    }
    assert.deepEqual(problems([URL, "-c", "2", "-u", "1"]), [
      "Cannot use -c 2: --users is 1 and means the same; write one of them",
    ]);
  });

  test("a URL alone: 10 users at once, for 10 seconds", () => {
    assert.deepEqual(options([URL]), [
      "--users=10",
      "--spawn-rate=1000",
      "--run-time=10s",
      "--latencies",
      "--phases",
      "--host=http://127.0.0.1:8000",
    ]);
  });

  test("a rate takes the place of users; stages of one end by themselves", () => {
    const rest = ["--latencies", "--phases", "--host=http://127.0.0.1:8000"];
    assert.deepEqual(options([URL, "--rate", "50/s"]), ["--rate=50/s", "--run-time=10s", ...rest]);
    assert.deepEqual(options([URL, "--rate", "1m:50/s"]), ["--rate=1m:50/s", ...rest]);
  });

  test("what the environment says is not overridden, but for the host", () => {
    const env = { LOCUST_USERS: "3", LOCUST_RUN_TIME: "4s", LOCUST_HOST: "http://other.test" };
    assert.deepEqual(options([URL], env), [
      "--spawn-rate=300",
      "--latencies",
      "--phases",
      "--host=http://127.0.0.1:8000",
    ]);
  });

  test("options of a run pass through, with a ramp of their own where one is asked for", () => {
    const argv = [URL, "-u", "5", "-r", "2", "-t", "3s", "--html", "a.html", "--threshold", "p95<300", "--json"];
    assert.deepEqual([...options([...argv, "--threshold", "failures<1%"])].sort(), [
      "--host=http://127.0.0.1:8000",
      "--html=a.html",
      "--json",
      "--latencies",
      "--phases",
      "--run-time=3s",
      "--spawn-rate=2",
      "--threshold=failures<1%",
      "--threshold=p95<300",
      "--users=5",
    ]);
  });

  test("a number of requests is the end of the run, unless a time is given too", () => {
    const rest = ["--latencies", "--phases", "--host=http://127.0.0.1:8000"];
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
    ["-rate=50/1s -duration=5s", "--rate 50/1s -t 5s"],
    ["-rate 100/2s -max-workers=7 -name x -z 5s", "--rate 100/2s --max-users 7 --profile x -t 5s"],
    ["-rate=90/1m", "--rate 90/1m"],
    ["-t2 -c100 -d30s -R2000 --latency", "--processes 2 -c 100 -t 30s --rate 2000"],
    ["-R 2000 -L -d 9s", "--rate 2000 -t 9s"],
    ["-n 1000 -c 50 -z 5s -cpus 2", "--iterations 1000 -u 50 -t 5s --processes 2"],
    ["-n 100 -c 10 -k -l -r -q", "-n 100 -c 10 -k"],
    ["-n 100 -c 10 --no-tui --latency-correction -j", "-n 100 -c 10 --json"],
    ["-http2=false -keepalive=true -lazy -c 3", "-c 3"],
    ["-c 10 -q 50 -z 5s", "--max-users 10 --rate 50 -t 5s"],
    ["-t2 -c100 -d30s -R2000", "--processes 2 --max-users 100 -t 30s --rate 2000"],
    ["-c 10 -d 5s -l -q", "-u 10 -t 5s"],
    ["-c 10 -a 100 -l -j", "-u 10 -n 100 --json"],
    ["-c 10 --amount 100 -w 3 --renderStatusCodes", "-u 10 -n 100 --processes 3"],
    ["-sSL -z 5s", "-t 5s"],
    ["-s -o /dev/null -n 5", "-n 5"],
    ["--compressed --location --silent -n 5", "-n 5"],
    ["-n 5 -s 3 -u 2", "-n 5 --stop-timeout 3 -u 2"],
    ["-r 2 -u 4", "--spawn-rate 2 -u 4"],
    ["-c 1k -n 10k", "-c 1000 -n 10000"],
    ["-c1k -z 5s -R 2.5k", "--max-users 1000 -t 5s --rate 2500"],
    ["-c25 -t1M", "-u 25 -t 1m"],
    ["-c 5 -t 30S -b", "-u 5 -t 30s"],
    ["--concurrent=25 --time=30S --no-parser", "-u 25 -t 30s"],
    ["--reps=10 -c 2", "--iterations-per-user 10 -u 2"],
    ["-p i,p,r -n 5 -q", "-n 5"],
    ["-i 100 -u 5", "--iterations 100 -u 5"],
    ["-O 50", "-n 50"],
    ["--vus 3 --duration 5s --quiet", "-u 3 -t 5s --only-summary"],
    ["-fsSL -N --http1.1 --basic -n 5", "-n 5"],
    ["--title x --h1 -n 5", "--profile x -n 5"],
  ];
  for (const [theirs, ours] of sameAs) {
    test(`"${theirs}" is "${ours}"`, () => {
      assert.deepEqual(
        [...options([URL, ...theirs.split(" ")])].sort(),
        [...options([URL, ...ours.split(" ")])].sort(),
      );
    });
  }

  const sameRequests: readonly (readonly [string, string])[] = [
    ["-z 5s -t 3", "-t 5s --timeout 3"],
    ["-timeout=500ms", "--timeout 0.5"],
    ["--timeout 2s", "--timeout 2"],
    ["-disable-keepalive -disable-redirects", "--no-keepalive --no-redirects"],
    ["-keepalive=false -redirects=-1", "--no-keepalive --no-redirects"],
    ["--redirect 0", "--no-redirects"],
    ["-I", "-X HEAD"],
    ["-fsSLI", "-X HEAD"],
    ["-C a=b", "-H Cookie:a=b"],
    ["-Ca=b", "-H Cookie:a=b"],
    ["-host h.test", "-H Host:h.test"],
    ["--host h.test", "-H Host:h.test"],
    ["-disable-compression", "-H Accept-Encoding:identity"],
    ["-d 5s -t 2s", "-t 5s --timeout 2"],
    ["-m 5", "--timeout 5"],
    ["--max-time 5", "--timeout 5"],
    ["-u ada:b:c", "-a ada:b:c"],
    ["-uada:b:c", "-a ada:b:c"],
    ["-u http://h.test/x", "http://h.test/x"],
    ["-m post", "-X POST"],
    ["--headers A:b", "-H A:b"],
    ["--insecure-skip-tls-verify --no-connection-reuse", "-k --no-keepalive"],
    ["--no-check-certificate --no-follow", "-k --no-redirects"],
    ["--user ada:b", "-a ada:b"],
    ["-A ada:b/c", "-a ada:b/c"],
    ["-A */*;q=0.8", "-H Accept:*/*;q=0.8"],
    ["-A Mozilla/5.0", "-H User-Agent:Mozilla/5.0"],
    ["-U hey/1", "-H User-Agent:hey/1"],
    ["-e http://h.test/", "-H Referer:http://h.test/"],
    ["-b a=b;c=d", "-H Cookie:a=b;c=d"],
    ['-m POST -b {"a":1}', '-X POST -d {"a":1}'],
    ['--json {"a":1}', '-d {"a":1}'],
    ['--data-raw {"a":1}', '-d {"a":1}'],
    ['--body {"a":1}', '-d {"a":1}'],
    ["-a -k", "--no-keepalive -k"],
    ["--url http://h.test/x", "http://h.test/x"],
  ];
  for (const [theirs, ours] of sameRequests) {
    test(`"${theirs}" makes the request of "${ours}"`, () => {
      const requestOf = (words: string) => locustfile([URL, ...words.split(" ")]).split("\n").slice(1);
      assert.deepEqual(requestOf(theirs), requestOf(ours));
    });
  }

  test("-body is a file, as in vegeta", () => {
    writeFileSync(join(cwd, "order.json"), '{"item":7}\n');
    assert.match(locustfile([URL, "-body=order.json"]), /body: "\{\\"item\\":7\}\\n"/);
  });

  test("a list takes the body and its type where a request has none, as in vegeta", () => {
    writeFileSync(join(cwd, "order.json"), '{"item":7}');
    writeFileSync(join(cwd, "own.txt"), "own");
    writeFileSync(join(cwd, "list.txt"), `POST ${URL}\n\nPUT ${URL}\nX-A: 1\n@own.txt\n`);
    const [first, second] = locustfile(["-targets=list.txt", "-body=order.json"]).split("\n").slice(4);
    assert.match(first ?? "", /"POST".*"Content-Type": "application\/json".*body: "\{\\"item\\":7\}"/);
    assert.match(second ?? "", /"PUT".*"X-A": "1", "Content-Type": "text\/plain.*body: "own"/);
  });

  test("a user and password within a URL become its authentication, and leave the URL", () => {
    const text = locustfile(["http://ada:s%40x@h.test/a", "http://bob:y@other.test/b"]);
    assert.match(text, /url: "\/a", options: \{ auth: \["ada", "s@x"\] \}/);
    assert.match(text, /url: "http:\/\/other\.test\/b", options: \{ auth: \["bob", "y"\] \}/);
  });

  test("a flag that is wrong is told alone, though it took the URL along", () => {
    assert.equal(problems(["-x", URL]).length, 1);
  });

  test("a URL without a scheme is no value of a flag that has none", () => {
    assert.deepEqual(options(["-s", "127.0.0.1:8000/items", "-n", "5"]), options([URL, "-n", "5"]));
    assert.deepEqual(options(["-n", "5", "-r", "127.0.0.1:8000/items"]), options([URL, "-n", "5"]));
    assert.deepEqual(options(["-n", "5", "-f", "http://127.0.0.1:8000"]), options([URL, "-n", "5"]));
  });

  test("standard input has vegeta's name too", () => {
    assert.deepEqual(translateHabits(["-targets=stdin"], HIT_TABLE).argv, ["--targets=-"]);
    assert.deepEqual(translateHabits(["--targets", "stdin"], HIT_TABLE).argv, ["--targets", "-"]);
  });

  test("a master keeps no journal for a resume that cannot be, unless it is asked to", () => {
    assert.ok(options(["--master", URL]).includes("--journal=none"));
    const asked = options(["--master", "--journal", "run.jsonl", URL]);
    assert.ok(!asked.includes("--journal=none"), asked.join(" "));
    assert.ok(!options([URL]).some((word) => word.startsWith("--journal")));
  });

  test("what follows -- is no flag of another tool", () => {
    assert.deepEqual(problems(["-n", "5", "--", "-h2"]), []); // a host, if a strange one
  });

  const foreign: readonly (readonly [readonly string[], RegExp])[] = [
    [["--http2"], /^Cannot use --http2: requests go over HTTP\/1\.1, and HTTP\/2 is not there; leave it out$/],
    [["-h2"], /^Cannot use -h2: /],
    [["-http2=true"], /^Cannot use -http2: /],
    [["-s", "post.lua"], /^Cannot use -s "post\.lua": scripts in Lua do not run here; write a locustfile/],
    [["--script", "post.lua"], /^Cannot use --script: /],
    [["-workers=10"], /^Cannot use -workers: users are made as arrivals need them; write --max-users N/],
    [["-o", "csv"], /^Cannot use -o: figures are written by --json, --csv PREFIX/],
    [["-u", "put.txt"], /^Cannot use -u "put\.txt": it is the number of users; a file to put is -X PUT -d @FILE/],
    [["--redirect", "3"], /^Cannot use --redirect: /],
    [["-x", "http://proxy:3128"], /^Cannot use -x: a proxy is a setting of a user class/],
    [["--host", "http://h.test"], /^Cannot use --host: the URL says which host is hit/],
    [
      ["-d", "10"],
      /^Cannot use -d "10": it is a time in wrk, a pause in siege and a body in curl; write -t 10s, or --data 10 /,
    ],
    [["-d10"], /^Cannot use -d "10": /],
    [["-c", "5", "-r", "9"], /^Cannot use -r "9": it is a rate in bombardier and ali, .* write --rate 9\/s/],
    [["-n", "5", "-s", "30"], /^Cannot use -s "30": .* write --timeout 30 for that, or --stop-timeout 30/],
    [["-p", "10"], /^Cannot use -p "10": each user makes one request at a time; write a higher -c$/],
    [["-i", "body.json"], /^Cannot use -i "body\.json": .*; write -X HEAD, -d @body\.json, or --targets body\.json$/],
    [["-i"], /^Cannot use -i: it is a HEAD request in ab, headers that are shown in curl .*; write -X HEAD, or --once/],
    [["-m", "POST", "-b", "a=b"], /^Cannot use -b "a=b": .* write -d BODY, or -H 'Cookie: …'$/],
    [["-b", "4096"], /^Cannot use -b "4096": /],
    [["-connections=9"], /^Cannot use -connections: each user keeps a connection of its own; write --max-users N/],
    [["--body", "order.json"], /^Cannot use --body: .*; write -d @FILE, or -d BODY$/],
    [["-f", "body.json"], /^Cannot use -f "body\.json": .*-d @body\.json, one with URLs is --targets body\.json/],
    [["-w"], /^Cannot use -w: a page is written by --html FILE/],
    [["--format", "json"], /^Cannot use --format: figures are written by --json/],
    [["--cacert", "ca.pem"], /^Cannot use --cacert: certificates are a setting of a user class/],
    [["-F", "a=@b"], /^Cannot use -F "a=@b": a form with files is made by a locustfile/],
    [["-v"], /^Cannot use -v: --once makes one request and prints it/],
    [["--burst-delay", "2s"], /^Cannot use --burst-delay: arrivals are even or by chance/],
    [["--ipv6"], /^Cannot use --ipv6: all addresses of a name are tried/],
    [["-4"], /^Cannot use -4: all addresses of a name are tried/],
    [["--http3"], /^Cannot use --http3: /],
    [
      ["-T", "5s"],
      /^Cannot use -T "5s": it is the content type of the body; the limit of one request is --timeout 5s$/,
    ],
    [["-T5s"], /^Cannot use -T "5s": /],
    [["-T", "my run"], /^Cannot use -T "my run": .* a label of the run is --profile NAME/],
    [["-T", "./a/file.bin"], /^Cannot use -T "\.\/a\/file\.bin": .* a file to put is -X PUT -d @FILE$/],
    [["-r", "once", "-c", "5"], /^Cannot use -r "once": it is a number of repetitions in siege/],
    [["-r", "100", "-d", "5s"], /^Cannot use -r "100": it is a rate in bombardier/],
    [["-r", "0-99"], /^Cannot use -r "0-99": a range is a header; write -H 'Range: bytes=0-99'$/],
    [
      ["-D", "10"],
      /^Cannot use -D "10": it is a time in h2load and a file with the body in hey; write -t 10, or -d @10$/,
    ],
    [
      ["-p", "r"],
      /^Cannot use -p "r": it is a file with the body in ab and what is printed in bombardier; write -d @r/,
    ],
    [["-p", "h2c"], /^Cannot use -p "h2c": requests go over HTTP\/1\.1/],
    [["-P", "ada:b"], /^Cannot use -P "ada:b": a proxy is a setting of a user class/],
    [["-X", "localhost:3128"], /^Cannot use -X "localhost:3128": a proxy is a setting of a user class/],
    [["-v", "2"], /^Cannot use -v "2": --once makes one request and prints it/],
    [["-a", "3", "-n"], /^Cannot use -n: it is a number of requests; write -n 100, or --only-summary for no progress$/],
    [["--warmup", "[", "-c", "1", "-d", "2", "]"], /^Cannot use --warmup "\[ -c 1 -d 2 \]": --warm-up 5s leaves/],
    [["-O"], /^Cannot use -O: answers are read to their end and not kept; leave it out$/],
    [["-E", "ok"], /^Cannot use -E: it is a certificate in curl and ab, and a body that is expected in autocannon; /],
    [["-u", "ms"], /^Cannot use -u "ms": times are in milliseconds; leave it out$/],
    [["-b", "jar.txt"], /^Cannot use -b "jar\.txt": it is a file of cookies in curl and a body in bombardier; /],
    [["-c", "jar.txt"], /^Cannot use -c "jar\.txt": it is the number of users, and each of them keeps its cookies; /],
    [["-C"], /^Cannot use -C: it is a cookie, as in ab; write -C name=value, or leave it out$/],
    [["-s", "5s:10"], /^Cannot use -s "5s:10": stages are one list; write --stages 5s:10$/],
    [["-w", "%{http_code}"], /^Cannot use -w "%\{http_code\}": figures are written by --json/],
    [["-g", "f.tsv"], /^Cannot use -g "f\.tsv": figures are written by --json/],
    [["-g"], /^Cannot use -g: URLs are taken as they are written/],
    [["-L", "5"], /^Cannot use -L "5": samples are taken each second; leave it out$/],
    [["-B", "5"], /^Cannot use -B "5": a run ends early by a threshold; write --threshold 'failures_count<10, abort'$/],
    [["-S", "/tmp/a.sock"], /^Cannot use -S "\/tmp\/a\.sock": requests go over TCP/],
    [["-more"], /^Cannot use -m "ore": it is not a method/],
    [["-profile", "cpu"], /^Cannot use -profile: .*--profile NAME, with two dashes$/],
    [["-max-body", "5"], /^Cannot use -max-body: answers are read to their end/],
    [["-chunked"], /^Cannot use -chunked: bodies are sent with their length/],
    [["-session-tickets"], /^Cannot use -session-tickets: versions, ciphers and sessions of TLS/],
    [["--mark=x"], /^Cannot use --mark: a label of the run is --profile NAME/],
    [["--connect-timeout", "5"], /^Cannot use --connect-timeout: .* write --timeout 5 for the whole request/],
    [["--digest"], /^Cannot use --digest: there is basic authentication only; write --auth USER:PASSWORD/],
    [["--rps", "10"], /^Cannot use --rps: requests a second are of all users together; write --rate 10\/s$/],
    [["--benchmark", "b.yml"], /^Cannot use --benchmark: files of drill do not run here/],
    [
      ["--worker"],
      /^Cannot use --worker: a hit is the master's side; start its workers by locust-ts worker --master-host HOST$/,
    ],
    [["--resume", "a.ndjson"], /^Cannot use --resume: a hit keeps its locustfile only while it runs; print it with/],
    [["-0"], /^Cannot use -0: requests go over HTTP\/1\.1; leave it out$/],
  ];
  for (const [argv, sentence] of foreign) {
    test(`"${argv.join(" ")}" is refused`, () => assert.match(problems([URL, ...argv])[0] ?? "", sentence));
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
    ["a form", [URL, "-d", "a=1&b[]=%20"], /"Content-Type": "application\/x-www-form-urlencoded"/],
    [
      "a form with a line break at its end",
      [URL, "-d", "a=1\n"],
      /"Content-Type": "application\/x-www-form-urlencoded"/,
    ],
    ["a content type", [URL, "-d", "a=1", "-T", "a/b"], /"Content-Type": "a\/b"/],
    ["a content type as header", [URL, "-d", "{}", "-H", "content-type: x/y"], /headers: \{ "content-type": "x\/y" \}/],
    ["a header twice", [URL, "-H", "A: 1", "-H", "a: 2"], /headers: \[\["A", "1"\], \["a", "2"\]\]/],
    ["basic authentication", [URL, "-a", "ada:a:b"], /auth: \["ada", "a:b"\]/],
    ["ab's authentication", [URL, "-A", "ada:b"], /auth: \["ada", "b"\]/],
    ["hey's Accept", [URL, "-A", "text/html"], /"Accept": "text\/html"/],
    ["a timeout", [URL, "--timeout", "2.5"], /timeout: \{ total: 2\.5 \}/],
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
    const bytes = locustfile([URL, "-d", "@raw.bin"]);
    assert.match(bytes, /^const body = Uint8Array\.from\(atob\("\/wAB"\), .*\);$/m); // once, not for each request
    assert.match(bytes, /post\("\/items", \{ headers: .*, body \}\);$/m);
    assert.match(
      locustfile([URL, `${URL}/b`, "-d", "@raw.bin"]),
      /options: \{ .*body: Uint8Array\.from\(atob\("\/wAB"\)/,
    );
  });

  test("passwords are not in the comment that names the command", () => {
    const text = locustfile([URL, "-a", "ada:secret", "http://bob:hidden@h.test/"]);
    assert.doesNotMatch(text.split("\n")[0] ?? "", /secret|hidden/);
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["no URL", [], /^Cannot hit anything: no URL is named; write locust-ts hit /],
    [
      "cassowary's verb",
      ["run", "-u", "http://h.test"],
      /^Cannot hit "run": the verb of k6 and cassowary is none here/,
    ],
    [
      "a file in place of a URL",
      ["urls.txt"],
      /^Cannot hit it: "urls\.txt" is a file; a list of URLs is read by --targets FILE/,
    ],
    [
      "siege's method",
      ["http://h.test/x POST a=1"],
      /has a method behind the URL, as in siege, .* -X METHOD and -d BODY/,
    ],
    ["vegeta's verb", ["attack", "-rate=5"], /^Cannot hit "attack": the verb of vegeta is none here; leave it out/],
    ["vegeta's rate without a limit", [URL, "-rate=0"], /^Cannot use --rate "0": .*; write -u 50 in its place$/],
    ["a slash too few", ["http:/h.test/x"], /"http:\/h\.test\/x" is not an http or https URL/],
    ["a number", [URL, "10"], /^Cannot hit it: "10" is no URL; write one like /],
    ["a header with a line break", [URL, "-H", "X: a\nb"], /"X: a\\nb" holds a line break or control character/],
    ["an empty URL", [""], /^Cannot hit it: the URL is empty; write one like /],
    ["a path", ["/items"], /^Cannot hit it: "\/items" has no host; write one like /],
    ["a path behind a scheme", ["http:///items"], /"http:\/\/\/items" has no host/],
    ["a port that is none", ["http://u:1@h.test:99999/x"], /the port of "http:\/\/.*h\.test:99999\/x" is above 65535/],
    ["another scheme", ["ftp://h.test"], /"ftp:\/\/h\.test" is not an http or https URL/],
    ["no header", [URL, "-H", "nonsense"], /"nonsense" is not a header; write "Name: value"/],
    ["no authentication", [URL, "-a", "ada"], /there is no colon in it/],
    ["a missing file", [URL, "-d", "@none.json"], /^Cannot read "none\.json": there is no such file; check the path/],
    ["a folder", [URL, "-d", "@."], /^Cannot read "\.": it is a folder; name a file/],
    ["an option of locustfiles", [URL, "--tags", "a"], /Cannot use --tags/],
    ["a typo", [URL, "--heder", "a: b"], /Did you mean "--header"/],
    ["two numbers of users", [URL, "-u", "1", "-c", "2"], /-c 2: --users is 1 and means the same/],
  ];
  for (const [what, argv, expected] of refused) {
    test(`${what} is refused`, () => assert.match(problems(argv).join("\n"), expected));
  }
});
