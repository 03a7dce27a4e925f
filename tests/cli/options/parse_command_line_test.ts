import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import fc from "fast-check";
import { OPTION_TABLE } from "../../../src/cli/options/table/option_table.ts";
import type { RunOptions } from "../../../src/cli/options/reading/options.ts";
import { type Command, findTypedOption, parseCommandLine } from "../../../src/cli/options/parse_command_line.ts";

interface Extra {
  readonly env?: Readonly<Record<string, string>>;
  readonly conf?: string;
}

const COMMANDS =
  "The commands are run, hit, worker, demo, calibrate, init, check, debug, report, compare, health, completion, help";

function parse(line: string, extra: Extra = {}): Command {
  const configs = extra.conf === undefined ? [] : [{ path: "locust.conf", text: extra.conf, form: "lines" as const }];
  const argv = line === "" ? [] : line.split(" ");
  return parseCommandLine({ argv, env: extra.env ?? {}, configs, customArguments: [] });
}

function runOptions(line: string, extra?: Extra): RunOptions {
  const command = parse(line, extra);
  assert.ok(command.kind === "run" || command.kind === "worker", JSON.stringify(command));
  return command.options;
}

function problems(line: string, extra?: Extra): readonly string[] {
  const command = parse(line, extra);
  assert.ok(command.kind === "problems", `${line} was accepted: ${JSON.stringify(command)}`);
  return command.problems;
}

describe("parseCommandLine() runs", () => {
  test("run takes the first operand as locustfile and the others as user classes", () => {
    const options = runOptions("run x.ts Shopper Admin -u 3");
    assert.equal(options.locustfile, "x.ts");
    assert.deepEqual(options.userClasses, ["Shopper", "Admin"]);
    assert.equal(options.users, 3);
  });
  test("run with -f takes all operands as user classes", () => {
    assert.equal(runOptions("run -f x.ts -f y.ts").locustfile, "x.ts,y.ts");
    const options = runOptions("run -f x.ts Shopper");
    assert.deepEqual([options.locustfile, ...options.userClasses], ["x.ts", "Shopper"]);
  });
  test("Locust's form takes all operands as user classes", () => {
    const options = runOptions("--headless -f x.ts Shopper");
    assert.deepEqual([options.locustfile, ...options.userClasses], ["x.ts", "Shopper"]);
  });
  test("LOCUST_USER_CLASSES counts when no class is typed", () => {
    const env = { LOCUST_USER_CLASSES: "Shopper  Admin" };
    assert.deepEqual(runOptions("run x.ts", { env }).userClasses, ["Shopper", "Admin"]);
    assert.deepEqual(runOptions("run x.ts Other", { env }).userClasses, ["Other"]);
  });
  test("a greedy list ends at the next option and at --", () => {
    const options = runOptions("run x.ts -T a b -E c -- Shopper");
    assert.deepEqual([options.tags, options.excludeTags, options.userClasses], [["a", "b"], ["c"], ["Shopper"]]);
  });
  test("nothing needs to be typed where variables or a config file say what to do", () => {
    assert.equal(runOptions("", { env: { LOCUST_HEADLESS: "1", LOCUST_USERS: "3" } }).users, 3);
    assert.equal(runOptions("", { env: { LOCUST_MODE_WORKER: "true" } }).role, "worker");
    assert.equal(runOptions("", { conf: "headless\nlocustfile = x.ts" }).locustfile, "x.ts");
    assert.match(problems("", { env: { LOCUST_USERS: "many" } }).join(), /LOCUST_USERS/);
    assert.equal(parse("", { env: { HOME: "/root" } }).kind, "overview");
  });
  test("of several thresholds the one is named that cannot be read", () => {
    assert.match(
      problems("run x.ts --threshold p95<1s --threshold rate<1 --threshold rps>1").join(),
      /^Cannot use --threshold "rate<1": column 1: expected "failures < 1%"/,
    );
    const env = { LOCUST_THRESHOLD: '["p95<1s", "p95<"]' };
    assert.match(problems("run x.ts", { env }).join(), /^Cannot use LOCUST_THRESHOLD="p95<": column 5: /);
    assert.match(problems("run x.ts --threshold p95<").join(), /^Cannot use --threshold "p95<": column 5: /);
  });
  test("thresholds of config files, the variable and the command line add up, each once", () => {
    const extra = { conf: "threshold = p99<1s", env: { LOCUST_THRESHOLD: '["p50<1s", "p99<1s"]' } };
    assert.deepEqual(runOptions("run x.ts --threshold rps>1 --threshold p50<1s", extra).thresholds, [
      "p99<1s",
      "p50<1s",
      "rps>1",
    ]);
    assert.deepEqual(runOptions("run x.ts", extra).thresholds, ["p99<1s", "p50<1s"]);
    assert.deepEqual(runOptions("run x.ts -T b", { conf: "tags = a" }).tags, ["b"], "other lists do not");
  });
  test("a capacity search can be asked for by variables alone", () => {
    const options = runOptions("run x.ts", {
      env: { LOCUST_FIND_MAX: "true", LOCUST_SLO: '["p99<1s", "failures<1%"]' },
    });
    assert.deepEqual([options.findMax, options.slo], [true, ["p99<1s", "failures<1%"]]);
    assert.match(
      problems("run x.ts", { env: { LOCUST_FIND_MAX: "true", LOCUST_SLO: "p99" } }).join(),
      /LOCUST_SLO="p99": column 4/,
    );
  });
  test("the default locustfile is locustfile.ts", () =>
    assert.equal(runOptions("--headless").locustfile, "locustfile.ts"));
  test("users and spawn rate are 1 where nobody says otherwise, and are not given", () => {
    const options = runOptions("run x.ts");
    assert.deepEqual([options.users, options.spawnRate, options.given.has("users")], [1, 1, false]);
  });
  test("0 users are allowed", () => assert.equal(runOptions("run x.ts -u 0").users, 0));
  test("--processes 0 and -1 mean every core", () => {
    assert.equal(runOptions("run x.ts --processes -1").processes, undefined);
    assert.equal(runOptions("run x.ts --processes 0").processes, undefined);
    assert.equal(runOptions("run x.ts --processes 3").processes, 3);
  });
  test("--worker needs no locustfile, with Locust's form and with the verb", () => {
    for (const line of ["--worker --master-host h", "worker --master-host h"]) {
      const command = parse(line);
      assert.equal(command.kind, "worker");
      assert.equal(runOptions(line).locustfile, undefined);
    }
  });
  test("--master-host may hold the port", () => {
    const address = (line: string) => [runOptions(line).masterHost, runOptions(line).masterPort];
    assert.deepEqual(address("worker --master-host h:99"), ["h", 99]);
    assert.deepEqual(address("worker --master-host [::1]:99"), ["::1", 99]);
    assert.deepEqual(address("worker --master-host ::1 --master-port 5"), ["::1", 5]);
  });
  test("--workers makes a master that expects so many", () => {
    const options = runOptions("run x.ts --workers 3");
    assert.deepEqual([options.role, options.workers, options.expectWorkers], ["master", 3, 3]);
    assert.equal(runOptions("run x.ts --workers 3 --expect-workers 5").expectWorkers, 5);
  });
  test("--no-rebalancing turns it off, --enable-rebalancing says that it is on anyway", () => {
    assert.equal(runOptions("run x.ts --master").rebalancing, true);
    assert.equal(runOptions("run x.ts --master --no-rebalancing").rebalancing, false);
    assert.match(runOptions("run x.ts --master --enable-rebalancing").notices.join(), /rebalancing is on without it/);
  });
  test("secrets are in no parsed option", () => {
    assert.equal("masterToken" in runOptions("run x.ts --master --master-token geheim").parsedOptions, false);
  });
  test("parsedOptions has Locust's names in camelCase", () => {
    const { parsedOptions } = runOptions("run x.ts -u 5 --csv out -t 1m");
    assert.deepEqual(
      [parsedOptions["numUsers"], parsedOptions["csvPrefix"], parsedOptions["runTime"], parsedOptions["host"]],
      [5, "out", 60, null],
    );
  });
});

describe("parseCommandLine() precedence", () => {
  const conf = "users = 1\nspawn-rate = 1\nrun-time: 1\n";
  test("the command line wins over the environment, that over files", () => {
    const options = runOptions("run x.ts -u 3", { env: { LOCUST_USERS: "2", LOCUST_SPAWN_RATE: "2" }, conf });
    assert.deepEqual([options.users, options.spawnRate, options.runTimeSeconds], [3, 2, 1]);
  });
  test("an earlier file wins over a later one, the last line of a file over an earlier one", () => {
    const configs = [
      { path: "a.conf", text: "users = 5\nusers = 6", form: "lines" as const },
      { path: "package.json", text: '{"locust": {"users": 7, "tags": ["a", "b"]}}', form: "packageJson" as const },
      { path: "~/.locust.conf", text: "users 8\nhost http://h", form: "lines" as const },
    ];
    const command = parseCommandLine({ argv: ["run", "x.ts"], env: {}, configs, customArguments: [] });
    assert.ok(command.kind === "run");
    assert.deepEqual([command.options.users, command.options.tags, command.options.host], [6, ["a", "b"], "http://h"]);
  });
  test("an empty variable is not set", () =>
    assert.equal(runOptions("run x.ts", { env: { LOCUST_USERS: "" } }).users, 1));
  test("a flag that a file sets to false is off", () => {
    assert.equal(runOptions("run x.ts", { conf: "only-summary = no" }).onlySummary, false);
    assert.equal(runOptions("run x.ts", { conf: "only-summary" }).onlySummary, true);
  });
  test("a list variable is apart by blanks, or a list in brackets", () => {
    assert.deepEqual(runOptions("run x.ts", { env: { LOCUST_TAGS: "a b" } }).tags, ["a", "b"]);
    assert.deepEqual(runOptions("run x.ts", { env: { LOCUST_TAGS: "[a, b]" } }).tags, ["a", "b"]);
  });
  test("options that only a file knows are told with file, line and what was meant", () => {
    assert.deepEqual(problems("run x.ts", { conf: "\nspawn_rate = 2\nuserz = 3\nzzz = 1\nusers = x" }), [
      'Cannot use spawn_rate in locust.conf:2: there is no such setting. Did you mean "spawn-rate"?',
      'Cannot use userz in locust.conf:3: there is no such setting. Did you mean "users"?',
      "Cannot use zzz in locust.conf:4: there is no such setting; keys are the long names of options, as --help lists them",
      'Cannot use users = "x" in locust.conf:5: it is not a whole number; write digits only, as in 100',
    ]);
  });
  test("a value that is missing is written as it is in that place", () => {
    assert.deepEqual(problems("run x.ts", { conf: "users =\nhost = ''", env: { LOCUST_CSV: " " } }), [
      'Cannot use host = "" in locust.conf:2: it is empty; write host = URL or leave it out',
      "Cannot use users in locust.conf:1: it needs a value; write users = N",
      'Cannot use LOCUST_CSV=" ": it is empty; write LOCUST_CSV=PREFIX or leave it out',
    ]);
  });
  test("a word of another tool, or of Locust's first versions, is translated in a file as it is on the command line", () => {
    assert.deepEqual(
      problems("run x.ts", { conf: "hatch_rate = 2\nno-web\nmaxVUs = 3\ninsecure\nhtml-report = a.html" }),
      [
        "Cannot use hatch_rate in locust.conf:1: there is no such setting; write spawn-rate",
        "Cannot use no-web in locust.conf:2: there is no such setting; write headless",
        "Cannot use maxVUs in locust.conf:3: there is no such setting; write max-users",
        "Cannot use insecure in locust.conf:4: there is no such setting; write static override insecure = true in the class",
        'Cannot use html-report in locust.conf:5: there is no such setting. Did you mean "html"?',
      ],
    );
  });
});

describe("parseCommandLine() shortened options", () => {
  test("a value that a shortened option cannot have may be the locustfile's own option", () => {
    const argv = ["run", "x.ts", "--user", "ada"];
    assert.equal(parseCommandLine({ argv, env: {}, configs: [] }).kind, "run");
    assert.equal(parseCommandLine({ argv, env: {}, configs: [], customArguments: [] }).kind, "problems");
    const worker = parseCommandLine({ argv: ["worker", "--master-p", "x"], env: {}, configs: [] });
    assert.equal(worker.kind, "problems");
  });
  test("short forms are keys of config files, too", () => {
    assert.equal(runOptions("run x.ts", { conf: "u 100 # users" }).users, 100);
  });
  test("a unique beginning is enough", () => {
    const options = runOptions("run x.ts --skip-log --run-t=10 --exclude a");
    assert.deepEqual([options.skipLogSetup, options.runTimeSeconds, options.excludeTags], [true, 10, ["a"]]);
  });
  test("an exact name is not an abbreviation of a longer one", () =>
    assert.equal(runOptions("run x.ts --json").json, true));
  test("an ambiguous one lists what it could be", () => {
    assert.deepEqual(problems("run x.ts --csv-f --js"), [
      "Cannot use --csv-full-history: there is no CSV to write; add --csv PREFIX",
      "Cannot use --js: it is short for several options; write one of --json, --json-file",
    ]);
  });
  test("words after -- are left alone", () =>
    assert.deepEqual(runOptions("run x.ts -- --skip").userClasses, ["--skip"]));
  test("more files behind the first are locustfiles, as a shell writes its pattern", () => {
    for (
      const line of ["run a.ts b.cjs Shopper c.tsx", "run -f a.ts b.cjs c.tsx Shopper", "-f a.ts b.cjs c.tsx Shopper"]
    ) {
      const options = runOptions(line);
      assert.deepEqual([options.locustfile, ...options.userClasses], ["a.ts,b.cjs,c.tsx", "Shopper"], line);
    }
  });
});

describe("parseCommandLine() problems", () => {
  const rows: readonly (readonly [line: string, ...expected: string[]])[] = [
    ["run x.ts --userz 4", 'Cannot use --userz: there is no such option. Did you mean "--users"?'],
    ["run x.ts --quux", "Cannot use --quux: there is no such option; see --help"],
    ["run x.ts -y", "Cannot use -y: there is no such option; see --help"],
    ["run x.ts -q a.conf", "Cannot use -q: there is no such option; a file with settings is read by --config FILE"],
    [
      "run x.ts --out json=a.json",
      "Cannot use --out: there is no such option; one line per request is written by --samples FILE.csv or FILE.ndjson",
    ],
    [
      "run x.ts -Jusers=5",
      'Cannot use -J: there is no such option; write NAME=value before the command, or make it an option of the locustfile, "--name value"',
    ],
    ["run x.ts --target http://a", "Cannot use --target: there is no such option; write --host"],
    ["run x.ts --url http://a", "Cannot use --url: there is no such option; write --host"],
    ["run x.ts --hots http://a/b", 'Cannot use --hots: there is no such option. Did you mean "--host"?'],
    ["run x.ts --threads 4", "Cannot use --threads: there is no such option; write --processes"],
    [
      "run x.ts --timeout 4",
      "Cannot use --timeout: there is no such option; write static override networkTimeout = 5 in the class",
    ],
    ["run x.ts --html-report x.html", 'Cannot use --html-report: there is no such option. Did you mean "--html"?'],
    ["run x.ts --csv-prefix=a", 'Cannot use --csv-prefix: there is no such option. Did you mean "--csv"?'],
    ["run x.ts -rate 50/1s", "Cannot use -rate: a long option has two dashes; write --rate"],
    ["run x.ts -max-users=5", "Cannot use -max-users: a long option has two dashes; write --max-users"],
    ["run x.ts --maxVUs 5", "Cannot use --maxVUs: there is no such option; write --max-users"],
    ["run x.ts --arrival-rate 5", "Cannot use --arrival-rate: there is no such option; write --rate"],
    [
      "run x.ts --rampTo 50",
      'Cannot use --rampTo: there is no such option; write stages, as in --rate "0s:10/s, 1m:50/s"',
    ],
    ["run x.ts -c 5", "Cannot use -c: there is no such option; write --users"],
    ["run x.ts --hatch-rate 5", "Cannot use --hatch-rate: there is no such option; write --spawn-rate"],
    ["run x.ts --no-web", "Cannot use --no-web: there is no such option; write --headless"],
    ["run x.ts --only-summary=3", "Cannot use --only-summary=3: --only-summary takes no value; write --only-summary"],
    ["run x.ts -u", "Cannot use --users: it needs a value; write --users N"],
    ["run x.ts -u=3", 'Cannot use --users "=3": it is not a whole number; write digits only, as in 100'],
    ["run x.ts -u 1.5", 'Cannot use --users "1.5": it is not a whole number; write digits only, as in 100'],
    ["run x.ts -u -1", 'Cannot use --users "-1": it is below 0; write 0 or more'],
    ["run x.ts -r 0", 'Cannot use --spawn-rate "0": it is not above 0; write a number above 0'],
    ["run x.ts -r fast", 'Cannot use --spawn-rate "fast": it is not a number; write one as in 10 or 0.5'],
    [
      "run x.ts -t 1h30",
      'Cannot use --run-time "1h30": it is not a time span; write one as in "20", "20s", "3m", "2h", "1h20m", "3h30m10s"',
    ],
    ["run x.ts --master --expect-workers 0", 'Cannot use --expect-workers "0": it is below 1; write 1 or more'],
    [
      "run x.ts --master-bind-port 70000",
      'Cannot use --master-bind-port "70000": it is out of range; write a number from 0 to 65535',
    ],
    [
      "run x.ts -L loud",
      'Cannot use --loglevel "loud": it is not one of the choices; write DEBUG, INFO, WARNING, ERROR, CRITICAL',
    ],
    [
      "run x.ts --stages 1x:5",
      'Cannot use --stages "1x:5": stage "1x:5": no time span before the colon ("20", "20s", "3m", "2h", "1h20m", ' +
      '"3h30m10s"); write <time>:<users>, as in 30s:10,1m:50,10s:0',
    ],
    [
      "run -T slow x.ts",
      'Cannot use "x.ts" as a tag: it is a file; write it before --tags, or "--" before it',
    ],
    ["run x.ts --slave", "Cannot use --slave: it was renamed; use --worker"],
    ["run x.ts --web-auth a:b", "Cannot use --web-auth: it was removed from Locust; use --web-login"],
    ["run x.ts --master --worker", "Cannot be --master and --worker at once: a process is one of them; start two"],
    ["run -f -", "Cannot use -f -: only a worker takes the locustfile from the master; name a file"],
    [
      "run a.ts b.json",
      'Cannot use "b.json" as a user class: it is a file; write several locustfiles with a comma: a.ts,b.json',
    ],
    [
      "worker x.ts",
      'Cannot use "x.ts" as a user class: it is a file; the master sends its locustfile; to use this one write -f x.ts',
    ],
    [
      "rum x.ts --headless",
      'Cannot run "rum": unknown command. Did you mean "run"? ' + COMMANDS,
    ],
    ["x.ts", 'Cannot use "x.ts" as a user class: it is a file; write "locust-ts run x.ts" or -f x.ts'],
    [
      "run x.ts --web --web-token abc",
      "Cannot use --web-token: without a login everyone may use the web UI; add --web-login",
    ],
  ];
  const words: readonly (readonly [line: string, word: string, meant?: string])[] = [
    ["bench", "bench"],
    ["version", "version", "--version"],
    ["examples", "examples"],
    ["Shopper", "Shopper"],
    ["chek x.ts", "chek", "check"],
    ["-u 5 bench", "bench"],
  ];
  for (const [line, word, meant] of words) {
    test(`"${line}" is an unknown command, with no word about the web UI`, () => {
      const [problem = ""] = problems(line);
      const expected = meant === undefined
        ? `Cannot run "${word}": unknown command; ${COMMANDS.replace("The", "the")}`
        : `Cannot run "${word}": unknown command. Did you mean \"${meant}\"? ${COMMANDS}`;
      assert.equal(problem, expected);
      assert.doesNotMatch(problems(line).join(), /web UI/);
    });
  }

  test("a URL or a host where a command or a file is expected: it says how to load that system", () => {
    const advice = (url: string) => `to load it without a locustfile, write "locust-ts hit ${url}"`;
    assert.deepEqual(problems("attack http://127.0.0.1:8000/page"), [
      `Cannot run "attack": unknown command; ${advice("http://127.0.0.1:8000/page")}; ${
        COMMANDS.replace("The", "the")
      }`,
    ]);
    for (const word of ["localhost:8080", "127.0.0.1", "shop.example:80/items", "http://h:1"]) {
      for (const line of [word, `run ${word}`]) {
        assert.ok(
          problems(line)[0]?.startsWith(`Cannot run "${word}": it is a URL, not a file; ${advice(word)}`),
          line,
        );
      }
    }
    for (const line of ["run v1.2/shop.ts", "run localhost.ts", "run load.tests/"]) {
      assert.equal(parseCommandLine({ argv: line.split(" "), env: {}, configs: [], customArguments: [] }).kind, "run");
    }
  });

  test("a URL after run is not a locustfile: it says how to load that system, and how to run a locustfile from there", () => {
    assert.deepEqual(problems("run http://127.0.0.1:8000/page"), [
      'Cannot run "http://127.0.0.1:8000/page": it is a URL, not a file; to load it without a locustfile, write ' +
      '"locust-ts hit http://127.0.0.1:8000/page"; to run a locustfile that is at that URL, write -f http://127.0.0.1:8000/page',
    ]);
    const named = parseCommandLine({ argv: ["run", "-f", "http://h/a.ts"], env: {}, configs: [], customArguments: [] });
    assert.equal(named.kind === "run" && named.options.locustfile, "http://h/a.ts");
  });

  for (const [line, ...expected] of rows) {
    test(`"${line}" is refused with a sentence`, () => assert.deepEqual(problems(line), expected));
  }

  test("all problems are listed at once", () => {
    assert.equal(
      problems("run x.ts -u x -r 0 --nope -t 1x", { env: { LOCUST_PROCESSES: "many" }, conf: "huh = 1" }).length,
      6,
    );
  });
  test("variables are named in their problems, and secrets are not shown", () => {
    const env = { LOCUST_USERS: "x", LOCUST_WEB_AUTH: "me:geheim", LOCUST_HEADLESS: "perhaps" };
    const found = problems("run x.ts", { env });
    assert.match(found.join("\n"), /LOCUST_USERS="x": it is not a whole number/);
    assert.match(found.join("\n"), /LOCUST_HEADLESS="perhaps": it is neither true nor false/);
    assert.match(found.join("\n"), /LOCUST_WEB_AUTH:/);
    assert.doesNotMatch(found.join("\n"), /geheim/);
  });
  test("options typed for another kind of run are told", () => {
    const options = runOptions("run x.ts --expect-workers 2 --web-port 1");
    assert.deepEqual(options.notices, [
      "--expect-workers has no effect here: it belongs to --master",
      "--web-port has no effect here: it belongs to runs with the web UI",
    ]);
    assert.deepEqual(runOptions("run x.ts --master --processes 2").notices, [
      "--processes has no effect here: a master runs no users; give it to the workers",
    ]);
    assert.deepEqual(runOptions("run x.ts", { env: { LOCUST_WEB_HOST: "0.0.0.0" } }).notices, []);
    const env = { LOCUST_USER: "5", LOCUST_RUNTIME: "1m", LOCUST_SPAWNRATE: "", LOCUST_TENANT: "b", LOCUST_USERS: "2" };
    assert.deepEqual(runOptions("run x.ts", { env }).notices, [
      "LOCUST_USER has no effect: no option has that variable. Did you mean LOCUST_USERS?",
      "LOCUST_RUNTIME has no effect: no option has that variable. Did you mean LOCUST_RUN_TIME?",
    ]);
  });
});

test("parseCommandLine() answers any words and files with a command, never an exception", () => {
  const flags = OPTION_TABLE.map((spec) => `--${spec.name}`);
  const word = fc.oneof(
    fc.constantFrom(
      ...flags,
      ...flags.map((flag) => flag.slice(0, 6)),
      "-u",
      "-T",
      "--",
      "-",
      "run",
      "x.ts",
      "demo",
      "worker",
    ),
    fc.constantFrom("5", "-1", "1m", "[a, b]", "--users=3", "-u5", "--no-", "--=", "-x=1"),
    fc.string({ maxLength: 8 }),
  );
  const text = fc.array(fc.oneof(word, fc.constantFrom("=", ":", "#", "\n", " ")), { maxLength: 12 }).map((parts) =>
    parts.join("")
  );
  fc.assert(fc.property(fc.array(word, { maxLength: 8 }), text, text, (argv, lines, json) => {
    const configs = [
      { path: "locust.conf", text: lines, form: "lines" as const },
      { path: "a.json", text: `{"locust": ${JSON.stringify({ [json]: json })}}`, form: "json" as const },
    ];
    const command = parseCommandLine({ argv, env: { LOCUST_USERS: json }, configs, customArguments: [] });
    if (command.kind === "problems") {
      for (const problem of command.problems) assert.match(problem, /^Cannot \w+ [^]*[:.;]/);
    }
    assert.equal(typeof parseCommandLine({ argv, env: {}, configs }).kind, "string");
  }));
});

test("findTypedOption() finds --config however it is written", () => {
  assert.equal(findTypedOption(["run", "x.ts", "--config", "a.conf"], "config"), "a.conf");
  assert.equal(findTypedOption(["-f", "x.ts", "--config=a.conf", "--tenant", "b"], "config"), "a.conf");
  assert.equal(findTypedOption(["run", "x.ts"], "config"), undefined);
});

test("parseCommandLine() before the locustfile is loaded: likely typos are told together with other problems, never alone", () => {
  const before = (line: string) => parseCommandLine({ argv: line.split(" "), env: {}, configs: [] });
  const command = before("run a.ts -u x --sped 3");
  assert.deepEqual(command.kind === "problems" && command.problems, [
    'Cannot use --users "x": it is not a whole number; write digits only, as in 100',
    'Cannot use --sped: there is no such option. Did you mean "--seed"?',
  ]);
  assert.equal(before("run a.ts --sped 3").kind, "run"); // it may be the locustfile's own
});
