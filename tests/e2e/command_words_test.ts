/** Words on the command line that are no command, no locustfile or another tool's: each gets one sentence, exit code 2, and no load. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { openHttpSystem } from "../support/http_system.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const FILES = {
  "options.js":
    `import http from "k6/http";\nexport const options = { vus: 1 };\nexport default function () { http.get("http://h"); }`,
  "browser.ts": `import { browser } from 'k6/browser';\nexport default async () => { await browser.newPage(); };`,
  "load.yml":
    `config:\n  target: http://h\n  phases:\n    - duration: 1\n      arrivalRate: 1\nscenarios:\n  - flow:\n      - get: { url: "/" }`,
  "load.json": JSON.stringify({ config: { target: "http://h", phases: [] }, scenarios: [{ flow: [] }] }),
  "flows.ts": `export const config = { target: "http://h" };\nexport const scenarios = [{ engine: "playwright" }];`,
  "locustfile.py": "from locust import HttpUser, task\n\nclass A(HttpUser):\n    pass\n",
  "shop.ts": `import { task, User } from "locust-ts";\nexport class Shop extends User { @task look() {} }`,
};

test("unknown commands name the near miss and list the commands; hosts and URLs say how to load them", async () => {
  await using system = await openHttpSystem();
  const cwd = writeFiles(FILES);
  const origin = system.url;
  const list = /run, hit, worker, demo, calibrate, init, check, debug, report, compare, health, completion, help/;
  const load = new RegExp(`to load it without a locustfile, write "locust-ts hit .*${origin.replace("http://", "")}`);
  const rows: [args: string[], ...sentences: RegExp[]][] = [
    [["load"], /^Cannot run "load": unknown command; /, list],
    [["usage"], /Did you mean "help"\?/, list],
    [["rum", "shop.ts"], /^Cannot run "rum": unknown command. Did you mean "run"\?/, list],
    [["comparee", "a", "b"], /Did you mean "compare"\?/],
    [["attack", `${origin}/items`], /^Cannot run "attack": unknown command; /, load, list],
    [[`${origin}/items`], /it is a URL, not a file/, load],
    [["run", `${origin}/items?x=1`], /it is a URL, not a file/, load, /a locustfile that is at that URL, write -f/],
    [["run", origin.replace("http://", "")], /it is a URL, not a file/, load],
    [["shop.ts", "-t", "1s"], /"shop\.ts" .*it is a file; write "locust-ts run shop\.ts"/],
    [["run", "-f", `${origin}/items`], /^Cannot fetch ".*\/items": .*not JavaScript or TypeScript/],
  ];
  const results = await Promise.all(rows.map(([args]) => runCli(args, { cwd })));
  for (const [index, [args, ...sentences]] of rows.entries()) {
    const { code, stdout, stderr } = results[index]!;
    assert.equal(code, 2, `${args.join(" ")}: ${stdout}${stderr}`);
    assert.equal(stdout, "", args.join(" "));
    assert.equal(stderr.trim().split("\n").length <= 2, true, stderr);
    for (const sentence of sentences) assert.match(stderr, sentence, args.join(" "));
    assert.doesNotMatch(stderr, /web UI/);
  }
  assert.deepEqual(system.seen.map(({ url }) => url), ["/items"]); // by -f alone
});

test("scripts of k6 and Artillery and Python files are recognised by every command that takes a locustfile", async () => {
  const cwd = writeFiles(FILES);
  const rows: [file: string, tool: RegExp][] = [
    ["options.js", /it is a k6 script; docs\/coming-from-k6\.md/],
    ["browser.ts", /it is a k6 script; docs\/coming-from-k6\.md/],
    ["load.yml", /it is an Artillery script; docs\/coming-from-artillery\.md/],
    ["load.json", /it is an Artillery script; docs\/coming-from-artillery\.md/],
    ["flows.ts", /it is an Artillery script; docs\/coming-from-artillery\.md/],
    ["locustfile.py", /it is a Python file, for Locust; docs\/coming-from-locust\.md/],
  ];
  await Promise.all(
    rows.flatMap(([file, sentence]) =>
      [["run", file, "-t", "1s"], ["check", file], ["-f", file, "--headless"]].map(async (args) => {
        const { code, stderr } = await runCli(args, { cwd });
        assert.equal(code, 2, args.join(" "));
        assert.match(stderr, sentence, args.join(" "));
        assert.equal(stderr.trim().split("\n").length, 1, stderr);
      })
    ),
  );
});
