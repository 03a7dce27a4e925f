import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { type InitProject, writeProject as write } from "../../../../src/cli/verbs/init/init.ts";
import { templateNamed } from "../../../../src/cli/verbs/init/init_templates.ts";
import { collectNodeTypes, readNodeTypes } from "../../../../src/platform/node_types.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const TSC = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));
const newFolder = () => makeKeptFolder();
const writeProject = (project: Omit<InitProject, "template" | "version">) =>
  write({ template: templateNamed("http"), version: "1.2.3", ...project });

describe("writeProject()", () => {
  test("writes the project and says how to go on", () => {
    const cwd = newFolder();
    const text = writeProject({ cwd, folder: "load-test", overwrite: "never" });
    const paths = ["locustfile.ts", "package.json", "tsconfig.json", "types/locust-ts.d.ts", ".gitignore"];
    for (
      const path of [...paths, ".vscode/launch.json", ".vscode/extensions.json", ".github/workflows/load-test.yml"]
    ) {
      assert.ok(existsSync(join(cwd, "load-test", path)), path);
      assert.ok(text.includes(`  wrote   load-test/${path}\n`), path);
    }
    assert.match(text, /locust-ts run load-test\/locustfile\.ts -H http:\/\/localhost:8000 -u 10 -r 2 -t 30s\n$/);
  });
  test("keeps what is there, but renews the types", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "locustfile.ts"), "mine");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "never" }), /kept {4}locustfile\.ts\n/);
    assert.equal(readFileSync(join(cwd, "locustfile.ts"), "utf8"), "mine");
    writeFileSync(join(cwd, "types/locust-ts.d.ts"), "old");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "never" }), /renewed types\/locust-ts\.d\.ts\n/);
    assert.notEqual(readFileSync(join(cwd, "types/locust-ts.d.ts"), "utf8"), "old");
  });
  test("overwrites when forced", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "locustfile.ts"), "mine");
    assert.match(writeProject({ cwd, folder: ".", overwrite: "force" }), /renewed locustfile\.ts\n/);
    assert.match(readFileSync(join(cwd, "locustfile.ts"), "utf8"), /extends HttpUser/);
  });
  test("keeps each file of its own kind, lists what was kept, and has one configuration for a locustfile of the user's", () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, ".github/workflows"), { recursive: true });
    const mine = {
      "locustfile.ts": "mine",
      "package.json": "{}",
      ".gitignore": "",
      ".github/workflows/load-test.yml": "on: push",
    };
    for (const [path, contents] of Object.entries(mine)) writeFileSync(join(cwd, path), contents);
    const text = writeProject({ cwd, folder: ".", overwrite: "never" });
    for (const [path, contents] of Object.entries(mine)) {
      assert.ok(text.includes(`  kept    ${path}\n`), text);
      assert.equal(readFileSync(join(cwd, path), "utf8"), contents);
    }
    assert.match(text, /\nFiles that were kept can be replaced with --force\.\n/);
    assert.doesNotMatch(text, /OWNER/, "nothing is to be done about a workflow that was kept");
    const launch = JSON.parse(readFileSync(join(cwd, ".vscode/launch.json"), "utf8"));
    assert.deepEqual(launch.configurations.map(({ name, args }: { name: string; args: string[] }) => [name, args]), [
      ["Debug one user", ["-H", "http://localhost:8000"]],
    ]);
  });
  for (
    const [sentence, git, cwdIn, folder, shown, locustfile, move] of [
      ["at the root of the repository that one stands in", ".git", ".", "load", "./", "load/locustfile.ts", false],
      ["in a project that is a repository itself", "load/.git", ".", "load", "load/", "locustfile.ts", false],
      [
        "in a project below a repository, with the way to its root",
        ".git",
        "tests",
        "load",
        "load/",
        "tests/load/locustfile.ts",
        true,
      ],
      ["in a project elsewhere", undefined, ".", "load", "load/", "locustfile.ts", false],
    ] as const
  ) {
    test(`the workflow is ${sentence}`, () => {
      const root = newFolder();
      mkdirSync(join(root, cwdIn), { recursive: true });
      if (git !== undefined) mkdirSync(join(root, git), { recursive: true });
      const cwd = join(root, cwdIn);
      const text = writeProject({ cwd, folder, overwrite: "never" });
      const path = join(cwd, shown, ".github/workflows/load-test.yml");
      assert.equal(parse(readFileSync(path, "utf8")).jobs["load-test"].steps.at(-1).with.locustfile, locustfile);
      assert.ok(text.includes(`  wrote   ${join(shown, ".github/workflows/load-test.yml")}\n`), text);
      assert.equal(text.includes(`move it to .github/workflows in ${root}, `), move);
      assert.match(text, /\nBefore GitHub runs the workflow: .*OWNER/);
    });
  }
  test("a folder that cannot be written is one sentence", () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, "file"), "");
    assert.throws(
      () => writeProject({ cwd, folder: "file", overwrite: "never" }),
      /^LocustError: Cannot write ".*": .*; choose another folder$/,
    );
  });
  for (
    const [sentence, config, expected] of [
      ["without include needs nothing", "{}", /tsconfig\.json was kept; it needs no change/],
      ["that includes everything needs nothing", '{"include": ["**/*"]}', /needs no change/],
      [
        "that names folders gets the line to write",
        '{"include": ["src", "test/**/*.ts"]}',
        /write in it:\n {2}"include": \["src", "test\/\*\*\/\*\.ts", "locustfile\.ts", "types\/locust-ts\.d\.ts"\]\n/,
      ],
      [
        "that lists files gets the line to write",
        '{"files": ["a.ts"]}',
        /"files": \["a\.ts", "locustfile\.ts", "types\/locust-ts\.d\.ts"\]/,
      ],
      [
        "that has its include by extends gets the line to write",
        '{"extends": "./base"}',
        /"include": \["src", "locustfile\.ts"/,
      ],
      ["with a rootDir is told of it", '{"compilerOptions": {"rootDir": "src"}}', /"rootDir": "\."/],
      ["that is not JSON is told so", "{", /Cannot read tsconfig\.json: it is not JSON/],
    ] as const
  ) {
    test(`a tsconfig.json ${sentence}`, () => {
      const cwd = newFolder();
      writeFileSync(join(cwd, "base.json"), '{"include": ["src"]}');
      writeFileSync(join(cwd, "tsconfig.json"), config);
      assert.match(writeProject({ cwd, folder: ".", overwrite: "never" }), expected);
      assert.equal(readFileSync(join(cwd, "tsconfig.json"), "utf8"), config);
    });
  }
  test("the line to write makes the compiler find the types", () => {
    const cwd = newFolder();
    const options =
      '"compilerOptions": {"strict": true, "target": "es2022", "module": "esnext", "moduleResolution": "bundler", "types": [], "noEmit": true}';
    writeFileSync(join(cwd, "tsconfig.json"), `{${options}, "include": ["src"]}`);
    const text = writeProject({ cwd, folder: ".", overwrite: "never" });
    writeFileSync(join(cwd, "tsconfig.json"), `{${options}, ${/"include": .*/.exec(text)?.[0]}}`);
    const { status, stdout } = spawnSync(TSC, ["--project", "."], { cwd, encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""]);
  });
  test("an editor knows Node's types offline", async () => {
    const cwd = newFolder();
    const nodeTypes = await readNodeTypes();
    const text = writeProject({ cwd, folder: ".", overwrite: "never", nodeTypes });
    assert.equal(text.match(/types\/node/g)?.length, 1, "one line for the whole copy");
    writeFileSync(
      join(cwd, "node.ts"),
      'import { readFileSync } from "node:fs";\nimport { join } from "path";\n' +
        'export const host: string | undefined = process.env["HOST"];\nexport const text: Buffer = readFileSync(join("a"));\n' +
        "export const wrong: number = process.cwd();\nexport const status: string = (await fetch('')).status;\n",
    );
    for (const compiler of ["typescript", "typescript-oldest"]) {
      const tsc = TSC.replace("/typescript/", `/${compiler}/`);
      const { stdout } = spawnSync("node", [tsc, "--project", "."], { cwd, encoding: "utf8" });
      const lines = stdout.trimEnd().split("\n").map((line) => line.replace(/\(.*error (TS\d+).*/, " $1"));
      assert.deepEqual(lines, ["node.ts TS2322", "node.ts TS2322"], stdout);
    }
  });
  test("an editor checks the project with the types alone", () => {
    const cwd = newFolder();
    writeProject({ cwd, folder: ".", overwrite: "never", nodeTypes: collectNodeTypes(MODULES) });
    const check = () => spawnSync(TSC, ["--project", "."], { cwd, encoding: "utf8" });
    const first = check();
    assert.deepEqual([first.status, first.stdout], [0, ""]);
    appendFileSync(join(cwd, "locustfile.ts"), "\nVisitor.weight = 'heavy';\n");
    assert.match(check().stdout, /Type 'string' is not assignable to type 'number'/);
  });
});
