import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { fetchLocustfile, resolveLocustfiles } from "../../../src/cli/options/resolve_locustfiles.ts";
import { serveHttp } from "../../../src/platform/http_serve.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

function folderWith(paths: readonly string[]): string {
  const folder = realpathSync(makeKeptFolder());
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "");
  }
  return folder;
}

async function resolved(locustfile: string, cwd: string): Promise<readonly string[]> {
  await using found = await resolveLocustfiles(locustfile, { cwd });
  return found.files.map((file) => relative(cwd, file));
}

async function problemsOf(
  locustfile: string,
  cwd: string,
  fetchText?: () => Promise<string>,
): Promise<readonly string[]> {
  try {
    await resolveLocustfiles(locustfile, { cwd, ...(fetchText === undefined ? {} : { fetchText }) });
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
        'Cannot run "./old.py": it is a Python file, for Locust; translate it, docs/coming-from-locust.md shows how',
        'Cannot run "notes.txt": its name does not end in .ts, .js, .mts, .mjs; rename it or name another',
        'Cannot run "types.d.ts": it holds types only; name the file with the user classes',
        'Cannot run "empty": the folder holds no locustfile (*.ts, *.js, *.mts, *.mjs, names starting with "_" left out); ' +
        "name another",
        'Cannot run "zzzzzz.ts": there is no such file; check the path',
      ],
    );
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
  test("a fetched file keeps its name and is deleted in the end", async () => {
    const fetchText = () => Promise.resolve("export {};");
    const found = await resolveLocustfiles("http://host/a/shop.ts?x=1", { cwd: "/", fetchText });
    const [file = ""] = found.files;
    assert.match(file, /shop\.ts$/);
    assert.equal(readFileSync(file, "utf8"), "export {};");
    await found[Symbol.asyncDispose]();
    assert.equal(existsSync(dirname(file)), false);
  });
  test("a fetched file is deleted when another one is missing", async () => {
    let before = "";
    const fetchText = () => Promise.resolve(before = "export {};");
    assert.equal((await problemsOf("http://host/shop.ts,missing.ts", folderWith([]), fetchText)).length, 1);
    assert.equal(before, "export {};");
  });
});

describe("fetchLocustfile()", () => {
  test("returns the text, and refuses other answers with a sentence", async () => {
    const server = await serveHttp({
      host: "127.0.0.1",
      port: 0,
      advice: "",
      fetch(request) {
        const { pathname } = new URL(request.url);
        if (pathname === "/page") return new Response("\n<!doctype html>");
        return pathname === "/a.ts"
          ? new Response("export {};")
          : new Response("", { status: 404, statusText: "Not Found" });
      },
    });
    const url = `http://127.0.0.1:${server.port}`;
    try {
      assert.equal(await fetchLocustfile(`${url}/a.ts`), "export {};");
      await assert.rejects(
        fetchLocustfile(`${url}/page`),
        /the answer is a web page; give the address of the raw file/,
      );
      await assert.rejects(fetchLocustfile(`${url}/b.ts`), /the answer was 404 Not Found; check the address/);
    } finally {
      await server.close();
    }
    await assert.rejects(fetchLocustfile(`${url}/a.ts`), /there was no answer/);
  });
});
