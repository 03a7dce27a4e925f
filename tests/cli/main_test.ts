import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { LocustError, UsageError } from "../../src/base/errors.ts";
import { main, type MainDeps } from "../../src/cli/main.ts";
import type { RunRequest } from "../../src/cli/run/setup/run_request.ts";
import type { CustomArgument, LocustfileDescription } from "../../src/protocol/locustfile_description.ts";
import { captureOutput } from "../support/capture_output.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";

const shop: LocustfileDescription = {
  userClasses: [
    {
      name: "Shopper",
      file: "/locustfile.ts",
      weight: 2,
      fixedCount: 0,
      needsHost: true,
      tasks: [{ name: "browse", weight: 3, tags: ["slow"], kind: "task", tasks: [] }],
      json: {},
    },
  ],
  shapes: [{ name: "Stages", file: "/locustfile.ts", useCommonOptions: false }],
  thresholds: [],
  arguments: [
    {
      flags: ["--tenant"],
      name: "tenant",
      type: "string",
      default: "acme",
      help: "Whose shop.",
      secret: false,
      required: false,
      includeInWebUi: true,
    },
  ],
  warnings: ["a class has no tasks"],
};

function world(more: Partial<MainDeps> = {}) {
  const cwd = makeKeptFolder();
  writeFileSync(join(cwd, "locustfile.ts"), "");
  const stdout = captureOutput();
  const stderr = captureOutput();
  const called: string[] = [];
  const requests: RunRequest[] = [];
  const take = (name: string) => (request: RunRequest) => {
    called.push(`${name} ${request.files.map((file) => basename(file)).join()}`.trim());
    requests.push(request);
    return Promise.resolve(7);
  };
  const deps: MainDeps = {
    env: {},
    cwd,
    enterFolder: () => {},
    home: undefined,
    stdout,
    stderr,
    wallMs: () => Date.UTC(2026, 10, 28, 9, 30),
    version: "1.2.3",
    runtime: "Bun 9.9.9",
    run: take("run"),
    work: take("work"),
    demo: (options) => {
      called.push(`demo ${options.port}`);
      return Promise.resolve(0);
    },
    debug: (files, { userClass }) => {
      called.push(`debug ${files.map((file) => basename(file)).join()} ${userClass}`);
      return Promise.resolve(0);
    },
    calibrate: (options) => {
      called.push(`calibrate ${options.seconds}`);
      return Promise.resolve(0);
    },
    report: (options) => {
      called.push(`report ${options.journal}`);
      return Promise.resolve(0);
    },
    health: ({ url }) => Promise.resolve({ kind: url === undefined ? "healthy" : "unhealthy", text: url ?? "here" }),
    compare: ({ a, b, format, failOn }) => {
      called.push(`compare ${a} ${b} ${format} ${failOn.join()}`);
      return Promise.resolve(3);
    },
    describe: (files) => {
      called.push(`describe ${files.map((file) => basename(file)).join()}`);
      return Promise.resolve(shop);
    },
    ...more,
  };
  const call = async (line: string) => ({
    code: await main(line === "" ? [] : line.split(" "), deps),
    out: stdout.text(),
    err: stderr.text(),
  });
  return { call, called, requests, cwd };
}

describe("main()", () => {
  const rows: readonly (readonly [line: string, code: number, ...called: string[]])[] = [
    ["run locustfile.ts -u 5", 7, "run locustfile.ts"],
    ["-f locustfile.ts --headless", 7, "run locustfile.ts"],
    ["run locustfile.ts --master", 7, "run locustfile.ts"],
    ["worker", 7, "work"],
    ["--worker -f -", 7, "work"],
    ["--worker -f locustfile.ts", 7, "describe locustfile.ts", "work locustfile.ts"],
    ["demo --port 0", 0, "demo 0"],
    ["report run.ndjson", 0, "report run.ndjson"],
  ];
  for (const [line, code, ...called] of rows) {
    test(`"${line}" calls what it asks for and returns its exit code`, async () => {
      const { call, called: happened } = world();
      const result = await call(line);
      assert.deepEqual([result.code, result.err, happened], [code, "", called]);
    });
  }

  test("health prints its finding, and its exit code is that of a container's check", async () => {
    const well = await world().call("health");
    assert.deepEqual([well.code, well.out], [0, "healthy: here\n"]);
    const ill = await world().call("health http://m:8089");
    assert.deepEqual([ill.code, ill.out], [1, "unhealthy: http://m:8089\n"]);
  });
  test("--version names program, version and runtime", async () => {
    assert.equal((await world().call("--version")).out, "locust-ts 1.2.3 (Bun 9.9.9)\n");
  });
  test("without arguments it shows what there is", async () => {
    const { code, out } = await world().call("");
    assert.deepEqual([code, out.includes("A first test, in three lines:")], [0, true]);
  });
  test("help with a locustfile has its options, and says so when they cannot be had", async () => {
    assert.match((await world().call("run locustfile.ts --help")).out, /--tenant VALUE +Whose shop\. \[default acme\]/);
    const describe = () => Promise.reject(new UsageError("Cannot load it: broken"));
    const { code, out } = await world({ describe }).call("run locustfile.ts --help");
    assert.deepEqual(
      [code, out.endsWith("The options of the locustfile are missing here:\nCannot load it: broken\n")],
      [0, true],
    );
  });
  test("control characters in an error, which may quote a locustfile or a master, drive no terminal", async () => {
    const describe = () => Promise.reject(new UsageError("Cannot load it: \x1b[2J\x9b2J\n\tat x\u202e"));
    const { err } = await world({ describe }).call("check locustfile.ts");
    assert.equal(err, "Cannot load it: \\x1b[2J\\x9b2J\n\tat x\\u202e\n");
    const { out } = await world({ describe }).call("run locustfile.ts --help");
    assert.ok(out.endsWith("\nCannot load it: \\x1b[2J\\x9b2J\n\tat x\\u202e\n"));
  });
  test("--list prints the classes", async () => {
    const { call, called } = world();
    assert.equal((await call("-f locustfile.ts --list")).out, "Available Users:\n    Shopper\n");
    assert.deepEqual(called, ["describe locustfile.ts"]);
  });
  test("--show-task-ratio prints two tables, -json JSON", async () => {
    assert.match(
      (await world().call("run locustfile.ts --show-task-ratio")).out,
      /^\nTask ratio per User class\n-{80}\n 100\.0 +Shopper\n/,
    );
    const { out } = await world().call("run locustfile.ts --show-task-ratio-json");
    assert.deepEqual(Object.keys(JSON.parse(out)), ["per_class", "total"]);
  });
  test("check shows what the locustfile holds", async () => {
    const { code, out } = await world().call("check locustfile.ts");
    assert.equal(code, 0);
    assert.match(
      out,
      /^locustfile\.ts: 1 user class\n\nShopper \(weight 2, no host: relative URLs need -H\)\n {4}3 × browse {2}tags: slow\n/,
    );
    assert.match(out, /Load shapes\n {2}Stages \(used\)\n/);
    assert.match(out, /--tenant \(string, default acme\) {2}Whose shop\.\n/);
    assert.match(out, /Warnings\n {2}a class has no tasks\n/);
    assert.match(out, /Types: not checked, because no TypeScript is installed/);
  });
  test("init writes a project", async () => {
    assert.match((await world().call("init new")).out, /wrote {3}new\/locustfile\.ts\n/);
  });
  test("init asks a person for the template, and nobody where one is named", async () => {
    const lines = ["shpe", "4"];
    const asked = world({ readLine: () => Promise.resolve(lines.shift()) });
    const { out } = await asked.call("init new");
    assert.match(out, /"shpe" is no template; did you mean shape\?\n/);
    assert.match(readFileSync(join(asked.cwd, "new/locustfile.ts"), "utf8"), /extends LoadTestShape/);
    const silent = world({ readLine: () => Promise.reject(new Error("asked")) });
    assert.equal((await silent.call("init new --template api")).code, 0);
    assert.match(readFileSync(join(silent.cwd, "new/locustfile.ts"), "utf8"), /class ApiClient/);
  });
  test("init has a hint for a template that there is not", async () => {
    const { code, err } = await world().call("init --template wbsocket");
    assert.equal(code, 2);
    assert.match(err, /^Cannot use --template "wbsocket": .*write http, api, .* \(did you mean websocket\?\)\n$/);
  });
  test("problems go to standard error, all of them, with exit code 2", async () => {
    const { code, out, err } = await world().call("run locustfile.ts -u x -r 0");
    assert.deepEqual([code, out], [2, ""]);
    assert.deepEqual(err.split("\n"), [
      'Cannot use --users "x": it is not a whole number; write digits only, as in 100',
      'Cannot use --spawn-rate "0": it is not above 0; write a number above 0',
      "",
    ]);
  });
  test("a missing locustfile and a missing config file are one sentence each, exit code 2", async () => {
    const missing = await world().call("run locustfle.ts");
    assert.deepEqual([missing.code, missing.err], [
      2,
      'Cannot run "locustfle.ts": there is no such file; did you mean "locustfile.ts"?\n',
    ]);
    const typo = await world().call("--verson -f locustfle.ts");
    assert.deepEqual([typo.code, typo.err], [
      2,
      'Cannot use --verson: there is no such option. Did you mean "--version"?\n' +
      'Cannot run "locustfle.ts": there is no such file; did you mean "locustfile.ts"?\n',
    ]);
    assert.match(
      (await world().call("run x.ts --config no.conf")).err,
      /^Cannot use --config "no\.conf": there is no such file/,
    );
  });
  test("config files of the folder count", async () => {
    const { call, requests, cwd } = world();
    writeFileSync(join(cwd, "locust.conf"), "users = 42");
    await call("run locustfile.ts");
    assert.equal(requests[0]?.options.users, 42);
  });
  test("errors of ours are sentences, others show where they come from", async () => {
    const run = (error: Error) => world({ run: () => Promise.reject(error) }).call("run locustfile.ts");
    const busy = await run(
      new LocustError("Cannot listen on *:5557: address in use; choose another with --master-bind-port"),
    );
    assert.deepEqual([busy.code, busy.err], [
      2,
      "Cannot listen on *:5557: address in use; choose another with --master-bind-port\n",
    ]);
    assert.match((await run(new TypeError("oops"))).err, /that is a mistake in locust-ts.*\nTypeError: oops\n\s+at /);
  });
});

describe("RunRequest.finish()", () => {
  async function request(line: string): Promise<RunRequest> {
    const { call, requests } = world();
    await call(line);
    const [first] = requests;
    assert.ok(first !== undefined);
    return first;
  }
  test("knows the locustfile's options and selects from it", async () => {
    const { options, selection } = (await request("run locustfile.ts --tenant b -H http://h")).finish(shop);
    assert.deepEqual([options.custom["tenant"], options.parsedOptions["tenant"], selection.shape], [
      "b",
      "b",
      "Stages",
    ]);
  });
  test("lists everything that is wrong", async () => {
    const { finish } = await request("run locustfile.ts Shoper --tenantt b --config-users users.json");
    assert.throws(() => finish(shop), (error) => {
      assert.ok(error instanceof UsageError);
      assert.deepEqual(error.problems, [
        'Cannot use --tenantt: there is no such option. Did you mean "--tenant"?',
        'Cannot use --config-users "users.json": there is no such file; check the path',
        'Cannot run user class "Shoper": the locustfile exports no such class; did you mean "Shopper"?',
      ]);
      return true;
    });
  });
  test("asks for -f when the two readings find different locustfiles", async () => {
    const quiet: CustomArgument = {
      flags: ["--quiet"],
      name: "quiet",
      type: "boolean",
      secret: false,
      required: false,
      includeInWebUi: true,
    };
    const { finish } = await request("run --quiet folder");
    assert.throws(
      () => finish({ ...shop, arguments: [quiet] }),
      /Cannot tell which argument is the locustfile, "locustfile\.ts" or "folder": .*; name the locustfile with -f/,
    );
  });
});
