/** Whole command lines of other tools, as their manuals have them: each means here what it means there, or is refused with what to write. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, suite, test } from "node:test";
import { UsageError } from "../../../../src/base/errors.ts";
import { createHit, type HitCommand } from "../../../../src/cli/hit/hit_command.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "locust-ts-hit-test-"));
  writeFileSync(join(cwd, "body.json"), '{"a":1}');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const URL = "http://127.0.0.1:8000/items";

function hit(line: string): HitCommand {
  return createHit({ argv: line.split(" ").map((word) => word.replace("URL", URL)), env: {}, configs: [], cwd });
}

function problems(line: string): readonly string[] {
  try {
    hit(line);
    return [];
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.problems;
  }
}

/** What is run, without the line that quotes the command. */
function madeOf(line: string): unknown {
  const made = hit(line);
  assert.equal(made.kind, "run");
  if (made.kind !== "run") return undefined;
  return { options: [...made.options].sort(), locustfile: made.locustfile.split("\n").slice(1) };
}

/** By tool: its line, and ours. */
const SAME: Readonly<Record<string, readonly (readonly [theirs: string, ours: string])[]>> = {
  bombardier: [
    ["-c 125 -n 1000 URL", "-u 125 -n 1000 URL"],
    ["-c 200 -d 10s -l URL", "-u 200 -t 10s URL"],
    ["--connections=10 --requests=50 --rate=20 URL", "--max-users 10 -n 50 --rate 20 URL"],
    ["-c 10 -d 10s --timeout=5s URL", "-u 10 -t 10s --timeout 5 URL"],
    ['-n 100 -m POST -b {"a":1} URL', '-n 100 -X POST -d {"a":1} URL'],
    ["-n 100 --http1 --fasthttp -q URL", "-n 100 URL"],
  ],
  siege: [
    ["-c 25 -t 1M URL", "-u 25 -t 1m URL"],
    ["-b -t 10s URL", "-t 10s URL"],
    ["--concurrent=10 --time=30S URL", "-u 10 -t 30s URL"],
    ["--no-parser --no-follow -c 1 --reps=1 URL", "--no-redirects -u 1 --iterations-per-user 1 URL"],
    ["-A agent --content-type=text/css URL", "-H User-Agent:agent -T text/css URL"],
  ],
  k6: [
    ["--vus 10 --duration 30s URL", "-u 10 -t 30s URL"],
    ["-u 10 -d 30s -q URL", "-u 10 -t 30s URL"],
    ["--vus 10 --iterations 100 URL", "-u 10 -n 100 URL"],
    ["--no-usage-report --throw --discard-response-bodies --vus 1 URL", "-u 1 URL"],
  ],
  h2load: [
    ["--duration=10 --clients=5 URL", "-t 10 -u 5 URL"],
    ["-n 100 -c 10 --threads=2 --h1 URL", "-n 100 -u 10 --processes 2 URL"],
    ["-p http/1.1 -n 10 -c 1 URL", "-n 10 -u 1 URL"],
  ],
  ali: [
    ["--rate=500 --duration=10s URL", "--rate 500 -t 10s URL"],
    ["--rate=50 -B body.json --method=PUT URL", "--rate 50 -d @body.json -X PUT URL"],
    ["-K --rate=50 URL", "--no-keepalive --rate 50 URL"],
    ["--no-http2 --query-range=30s --redraw-interval=250ms --rate=5 URL", "--rate 5 URL"],
  ],
  plow: [
    ["URL -c 20", "URL -u 20"],
    ["URL -c 20 -n 10000 -d 10s", "URL -u 20 -n 10000 -t 10s"],
    ["URL -c 20 --body @body.json -T a/b -m PUT", "URL -u 20 -d @body.json -T a/b -X PUT"],
    ["URL --concurrency=20 --rate 50 -d 5s", "URL --max-users 20 --rate 50 -t 5s"],
    ["URL -n 1 -d 5s --content=a/b --body x --clean", "URL -n 1 -t 5s -T a/b -d x"],
    ["URL --ramp-up=5 -c 20 --summary --stream", "URL -r 5 -u 20 --only-summary"],
  ],
  cassowary: [
    ["-u URL -c 10 -n 100 --histogram", "URL -u 10 -n 100"],
    ["-u URL -n 10 --post-file body.json --disable-keep-alive", "URL -n 10 -d @body.json --no-keepalive"],
  ],
  rewrk: [
    ["-h URL -t 12 -c 60 -d 5s --pct", "URL --processes 12 -u 60 -t 5s"],
    ["-c 25 -t 2 -d 5s -h URL -m POST -b abc", "URL -u 25 --processes 2 -t 5s -X POST -d abc"],
  ],
  httperf: [
    [
      "--hog --server 127.0.0.1 --port 8000 --uri /items --rate 10 --num-conns 100",
      "URL --rate 10 -n 100 --no-keepalive",
    ],
    ["--server=127.0.0.1 --port=8000 --uri=/items --num-conn=5", "URL -n 5 -u 1 --no-keepalive"],
    ["--server h.test --ssl --timeout 5", "https://h.test/ -n 1 -u 1 --timeout 5"],
    ["--port 8000 --server-name a.test --client=0/1", "http://localhost:8000/ -n 1 -u 1 -H Host:a.test"],
    ["--server h.test --period 0.1 --num-conns 5", "http://h.test/ --rate 10/s -n 5 --no-keepalive"],
    ["--server h.test --num-calls 1 --add-header A:b\\nC:d\\n", "http://h.test/ -n 1 -u 1 -H A:b -H C:d"],
  ],
  fortio: [
    ["-qps 100 -c 8 -t 30s URL", "--rate 100 --max-users 8 -t 30s URL"],
    ["-qps 0 -c 8 -t 30s URL", "-u 8 -t 30s URL"],
    ["-qps -1 -n 5 URL", "-n 5 URL"],
    ["-qps=max -n 5 -allow-initial-errors -log-errors=false -stdclient URL", "-n 5 URL"],
    ["-n 50 -payload abc -content-type text/css -X PUT URL", "-n 50 -d abc -T text/css -X PUT URL"],
    ["-n 50 -payload-file body.json -https-insecure -user a:b URL", "-n 50 -d @body.json -k -a a:b URL"],
    ["-n 5 -labels nightly -keepalive=false -quiet URL", "-n 5 --profile nightly --no-keepalive --only-summary URL"],
  ],
};
for (const [tool, lines] of Object.entries(SAME)) {
  suite(`createHit() takes lines of ${tool}`, () => {
    for (const [theirs, ours] of lines) {
      test(`"${theirs}" is "${ours}"`, () => assert.deepEqual(madeOf(theirs), madeOf(ours)));
    }
  });
}

test("arrivals of httperf may come by chance", () => {
  const made = hit("--server h.test --period e0.2 --num-conns 5");
  assert.ok(made.kind === "run" && made.options.includes("--rate=5/s poisson"), JSON.stringify(made));
});

const REFUSED: readonly (readonly [line: string, sentence: RegExp])[] = [
  ["-n 100 -r 100 URL", /^Cannot use -r "100": it is a rate in bombardier and ali, .* write --rate 100\/s/],
  ["-d 1 -c 10 URL", /^Cannot use -d "1": it is a time in wrk, a pause in siege and a body in curl; write -t 1s/],
  ["--log=siege.log URL", /^Cannot use --log: the log goes into a file by --logfile FILE; write that$/],
  ["--stage 10s:5 --stage=1m:10 URL", /^Cannot use --stage: stages are one list; write --stages 10s:5,1m:10$/],
  ["-s 10s:5 -s 1m:10 URL", /^Cannot use -s "10s:5": stages are one list; write --stages 10s:5,1m:10$/],
  ["-s 10s:5,1m:10 URL", /^Cannot use -s "10s:5,1m:10": .*; write --stages 10s:5,1m:10$/],
  ["--rps 50 URL", /^Cannot use --rps: requests a second are of all users together; write --rate 50\/s$/],
  ["--rate=10 --clients=100 URL", /^Cannot use --clients: .* write -c 100 with -r N for the one, --max-users 100 with/],
  ["-W 100 URL", /^Cannot use -W "100": it is a warm-up in autocannon, the most workers in ali .* --max-users 100/],
  ["--duration=0s --rate=5 URL", /^Cannot use --duration "0s": a hit has an end; write a long one, as in -t 24h/],
  ["--timeout=0s URL", /^Cannot use --timeout "0": a request has a limit; write a long one/],
  ["URL -c 20 -i 0", /^Cannot use -i "0": samples are taken each second; leave it out$/],
  ["URL --listen=:18888", /^Cannot use --listen: --web serves a page with live charts; write that$/],
  ["URL --ramp-up 30s", /^Cannot use --ramp-up: a ramp is --stages 30s:N for one to N users; write that$/],
  ["-u URL -F --raw-output", /^Cannot use -F: figures are written by --json/],
  ["-b benchmark.yml URL", /^Cannot use -b "benchmark\.yml": files of drill do not run here/],
  [
    "--server h.test --num-conns 10 --num-calls 5",
    /^Cannot use --num-calls: connections that end after a number of requests .* write -n 50 for as many requests over/,
  ],
  ["--server h.test URL", /^Cannot use --server: the URL says it; leave it out$/],
  ["--server h.test --wsess=10,10,0.1", /^Cannot use --wsess: .* write --targets FILE, or a locustfile$/],
  ["--server h.test --period u1,2", /^Cannot use --period: .* write --rate N\/s$/],
  ["-qps 9 -a URL", /^Cannot use -a: figures are written by --json/],
  ["-qps 9 -p 50,99 URL", /^Cannot use -p "50,99": percentiles are always there; leave it out$/],
  ["-qps 9 -r 0.001 URL", /^Cannot use -r "0\.001": response times are kept to 0\.4 %; leave it out$/],
  ["-qps 9 -uniform URL", /^Cannot use -uniform: .* write --rate '100\/s poisson', or leave it out$/],
  ["-qps 9 -json out.json URL", /^Cannot use --json "out\.json": .* --summary-file out\.json$/],
  ["load -qps 9 URL", /^Cannot hit "load": it is a word of another tool; leave it out$/],
  ["wrk -t2 -c5 -d5s URL", /^Cannot hit "wrk": it is a word of another tool; leave it out$/],
  ["--runs 10 URL", /^Cannot use --runs: a number of requests is -n 10, and --iterations-per-user 10 of each user/],
  ["--export-json out.json URL", /^Cannot use --export-json: figures are written by --json/],
  ["-noise URL", /^Cannot use -noise: there is no such option; see --help$/],
  ["-hurry 5 URL", /^Cannot use -hurry: there is no such option; see --help$/],
];
for (const [line, sentence] of REFUSED) {
  test(`"${line}" is refused`, () => assert.match(problems(line)[0] ?? "", sentence));
}

test("an unknown word with one dash is told alone, whatever its letters mean", () => {
  assert.equal(problems("-noise URL").length, 1);
  assert.equal(problems("-hurry 5 URL").length, 1);
});

test("words that mean another thing there are noted", () => {
  const notesOf = (line: string) => {
    const made = hit(line);
    return made.kind === "run" ? made.notes : [];
  };
  assert.deepEqual(notesOf("--rate=20 --workers=5 URL"), [
    "--workers 5 is a number of processes on this machine; the most users that arrivals may have is --max-users N",
  ]);
  assert.deepEqual(notesOf("--workers=5 -u 5 URL"), []);
  assert.deepEqual(notesOf("-u 10 -i 100 URL"), ["-i 100 is the number of requests in all, as in k6"]);
  assert.deepEqual(notesOf("--ramp-up 5 -c 20 URL"), [
    "--ramp-up 5 is the number of users that start a second, as in plow",
  ]);
});
