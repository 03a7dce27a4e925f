import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../../../../src/base/errors.ts";
import { fetchLocustfile } from "../../../../src/cli/options/locustfile/locustfile_url.ts";
import { resolveLocustfiles } from "../../../../src/cli/options/locustfile/resolve_locustfiles.ts";
import { serveHttp } from "../../../../src/platform/http_serve.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

function folderWith(paths: readonly string[]): string {
  const folder = realpathSync(makeKeptFolder());
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  }
  return folder;
}

async function resolved(locustfile: string, cwd: string): Promise<readonly string[]> {
  await using found = await resolveLocustfiles(locustfile, { cwd, report });
  return found.files.map((file) => relative(cwd, file));
}

const report = () => {};

/** Any URL holds a locustfile. */
const fetchFile = (url: string) => {
  const { origin, pathname } = new URL(url);
  return Promise.resolve({ name: basename(pathname), origin, text: "export {};" });
};

async function problemsOf(locustfile: string, cwd: string): Promise<readonly string[]> {
  try {
    await resolveLocustfiles(locustfile, { cwd, report, fetchFile });
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  throw new assert.AssertionError({ message: `${locustfile} was found` });
}

describe("resolveLocustfiles()", () => {
  test("finds a file, and several with commas in their order, each once", async () => {
    const cwd = folderWith(["b.ts", "a.mjs", "sub/c.js", "d.mts"]);
    assert.deepEqual(await resolved("b.ts", cwd), ["b.ts"]);
    assert.deepEqual(await resolved("b.ts, a.mjs,sub/c.js,d.mts,b.ts", cwd), ["b.ts", "a.mjs", "sub/c.js", "d.mts"]);
  });
  test("a comma in a name of its own does not divide it", async () => {
    const cwd = folderWith(["a,b/one.ts", "two.ts"]);
    assert.deepEqual(await resolved("a,b/one.ts", cwd), ["a,b/one.ts"]);
    assert.deepEqual(await resolved("a,b", cwd), ["a,b/one.ts"]);
    assert.deepEqual(await resolved("two.ts,a,b/one.ts , two.ts", cwd), ["two.ts", "a,b/one.ts"]);
    assert.match(String(await problemsOf("a,c/one.ts", cwd)), /Cannot run "a"/);
  });

  test("takes every locustfile beneath a folder, sorted, but no _files, types and packages", async () => {
    const cwd = folderWith([
      "t/z.ts",
      "t/a/b.mjs",
      "t/_support.ts",
      "t/_deep/c.ts",
      "t/types.d.ts",
      "t/readme.md",
      "t/node_modules/x/index.js",
    ]);
    assert.deepEqual(await resolved("t", cwd), ["t/_deep/c.ts", "t/a/b.mjs", "t/z.ts"]);
  });
  test("finds what fits a pattern, sorted, but no _files and types", async () => {
    const cwd = folderWith(["t/z.ts", "t/a.cjs", "t/_x.ts", "t/y.d.ts", "t/n.txt", "t/sub/b.tsx"]);
    assert.deepEqual(await resolved("t/*", cwd), ["t/a.cjs", "t/z.ts"]);
    assert.deepEqual(await resolved("t/**/*.ts?", cwd), ["t/sub/b.tsx"]);
    assert.deepEqual(await problemsOf("t/*.mts", cwd), [
      'Cannot run "t/*.mts": no locustfile fits the pattern; check it, or name the files',
    ]);
  });
  test("the default may have any suffix", async () => {
    assert.deepEqual(await resolved("locustfile.ts", folderWith(["locustfile.mjs"])), ["locustfile.mjs"]);
    assert.deepEqual(await resolved("locustfile.ts", folderWith(["locustfile.js", "locustfile.ts"])), [
      "locustfile.ts",
    ]);
  });
  test("refuses what cannot be run, all at once, and suggests what was meant", async () => {
    const cwd = folderWith(["locustfile.ts", "tests/shop.ts", "old.py", "notes.txt", "types.d.ts", "empty/x.md"]);
    assert.deepEqual(
      await problemsOf("locustfle.ts,tests/shap.ts,./old.py,notes.txt,types.d.ts,empty,zzzzzz.ts", cwd),
      [
        'Cannot run "locustfle.ts": there is no such file; did you mean "locustfile.ts"?',
        'Cannot run "tests/shap.ts": there is no such file; did you mean "tests/shop.ts"?',
        'Cannot run "./old.py": it is a Python file, for Locust; docs/coming-from-locust.md shows how to translate it',
        'Cannot run "notes.txt": its name does not end in .ts, .tsx, .mts, .cts, .js, .jsx, .mjs, .cjs; rename it or name another',
        'Cannot run "types.d.ts": it holds types only; name the file with the user classes',
        'Cannot run "empty": the folder holds no locustfile (*.ts, *.tsx, *.mts, *.cts, *.js, *.jsx, *.mjs, *.cjs, names starting with "_" left out); ' +
        "name another",
        'Cannot run "zzzzzz.ts": there is no such file; check the path',
      ],
    );
  });
  test("refuses a file in UTF-16, which would be a module without exports", async () => {
    const cwd = folderWith([]);
    writeFileSync(join(cwd, "a.ts"), Buffer.from('\uFEFFimport "locust-ts";', "utf16le"));
    assert.deepEqual(await problemsOf("a.ts", cwd), [
      'Cannot run "a.ts": it is not UTF-8 text (UTF-16, perhaps); save it as UTF-8',
    ]);
  });
  test("says how to begin where there is no default", async () => {
    assert.deepEqual(await problemsOf("locustfile.ts", folderWith([])), [
      'Cannot find a locustfile: there is no locustfile.ts here; name one with -f FILE, or write one with "locust-ts init"',
    ]);
  });
  test("tells a user class from a file", async () => {
    assert.deepEqual(await problemsOf("Shopper", folderWith([])), [
      'Cannot run "Shopper": there is no such file; to run only this user class, name its file first: ' +
      "locust-ts run locustfile.ts Shopper",
    ]);
  });
  test("an empty value is a problem", async () => assert.equal((await problemsOf(" , ", folderWith([]))).length, 1));
  test("a fetched file keeps its name, its origin is reported, and it is deleted in the end", async () => {
    const lines: string[] = [];
    const report = (line: string) => lines.push(line);
    const found = await resolveLocustfiles("http://host/a/shop.ts?x=1", { cwd: "/", report, fetchFile });
    const [file = ""] = found.files;
    assert.match(file, /shop\.ts$/);
    assert.equal(readFileSync(file, "utf8"), "export {};");
    assert.deepEqual(lines, ["Running the locustfile shop.ts of http://host"]);
    await found[Symbol.asyncDispose]();
    assert.equal(existsSync(dirname(file)), false);
  });
  test("a fetched file is deleted when another one is missing", async () => {
    assert.equal((await problemsOf("http://host/shop.ts,missing.ts", folderWith([]))).length, 1);
  });

  const scripts: readonly (readonly [file: string, text: string, what: RegExp])[] = [
    ["load.js", 'import http from "k6/http";\nexport default function () {}', /k6 script; docs\/coming-from-k6\.md/],
    ["load.ts", "import { check } from 'k6';", /k6 script/],
    ["old.js", 'const http = require("k6/http");', /k6 script/],
    [
      "test.yml",
      "config:\n  target: http://h\nscenarios:\n  - flow: []\n",
      /Artillery script; docs\/coming-from-artillery\.md/,
    ],
    ["test.yaml", "scenarios: []", /Artillery script/],
    ["test.json", '{ "config": {}, "scenarios": [] }', /Artillery script/],
    ["artillery.ts", "export const config = {};\nexport const scenarios = [];", /Artillery script/],
    ["artillery.js", "module.exports = { config: { target: 'http://h' }, scenarios: [] };", /Artillery script/],
    ["Shop.java", "public class Shop extends Simulation {}", /Gatling simulation; docs\/coming-from-gatling\.md/],
    ["Shop.scala", "class Shop extends Simulation", /Gatling simulation/],
    ["shop.gatling.ts", 'import { simulation } from "@gatling.io/core";', /Gatling simulation/],
    ["plan.jmx", "<jmeterTestPlan/>", /plan of JMeter; docs\/coming-from-jmeter\.md/],
    ["report.lua", "request = function() end", /Lua script, for wrk; docs\/coming-from-wrk\.md/],
    ["locustfile.py", "from locust import HttpUser", /Python file, for Locust; docs\/coming-from-locust\.md/],
  ];
  for (const [file, text, what] of scripts) {
    test(`${file} is recognised as another tool's, and its page is named`, async () => {
      const cwd = folderWith([file]);
      writeFileSync(join(cwd, file), text);
      const [problem = "", ...others] = await problemsOf(file, cwd);
      assert.match(
        problem,
        new RegExp(`^Cannot run "${file}": it is an? .*${what.source}(?:;.*)? shows how to translate it$`),
      );
      assert.deepEqual(others, []);
    });
  }
  test("a locustfile that only mentions other tools is one", async () => {
    const cwd = folderWith(["a.ts"]);
    writeFileSync(
      join(cwd, "a.ts"),
      'import { User } from "locust-ts";\n// once: import http from "k6/http"\nexport const config = 1;',
    );
    assert.deepEqual(await resolved("a.ts", cwd), ["a.ts"]);
  });
});

describe("fetchLocustfile()", () => {
  const answers: Readonly<Record<string, readonly [type: string, text: string]>> = {
    "/a.ts": ["application/octet-stream", "export {};"],
    "/script": ["text/javascript; charset=utf-8", "export {};"],
    "/typed": ["application/typescript", "export {};"],
    "/page": ["text/html", "\n<!doctype html>"],
    "/page.ts": ["text/html", "\n<!doctype html>"],
    "/data": ["application/json", "{}"],
    "/plain": ["text/plain", "process.exit()"],
  };
  const rows: readonly (readonly [path: string, name: string | RegExp])[] = [
    ["/a.ts", "a.ts"],
    ["/script", "locustfile.mjs"],
    ["/typed", "locustfile.ts"],
    ["/page", /does not end in \.ts, \.tsx, .* and its type is "text\/html", not JavaScript or TypeScript/],
    ["/page.ts", /the answer is a web page; give the address of the raw file/],
    ["/data", /its type is "application\/json"/],
    ["/plain", /its type is "text\/plain/],
    ["/gone.ts", /the answer was 404 Not Found; check the address/],
  ];
  for (const [path, expected] of rows) {
    test(`${path} is ${typeof expected === "string" ? "taken" : "refused with a sentence"}`, async () => {
      await using server = await serve();
      const fetched = fetchLocustfile(`${server.url}${path}`);
      if (typeof expected !== "string") return await assert.rejects(fetched, expected);
      assert.deepEqual(await fetched, { name: expected, origin: server.url, text: "export {};" });
    });
  }
  test("a server that is not there is named without its password", async () => {
    let url: string;
    {
      await using server = await serve();
      url = server.url;
    }
    const withPassword = url.replace("//", "//ada:secret@");
    await assert.rejects(fetchLocustfile(`${withPassword}/a.ts`), (error: Error) => {
      assert.match(error.message, /^Cannot fetch "http:\/\/\*\*\*@127\.0\.0\.1:\d+\/a\.ts": /);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  async function serve() {
    const server = await serveHttp({
      host: "127.0.0.1",
      port: 0,
      advice: "",
      fetch(request) {
        const [type, text] = answers[new URL(request.url).pathname] ?? [];
        return text === undefined
          ? new Response("", { status: 404, statusText: "Not Found" })
          : new Response(text, { headers: { "content-type": type ?? "" } });
      },
    });
    return { url: `http://127.0.0.1:${server.port}`, [Symbol.asyncDispose]: () => server.close() };
  }
});
