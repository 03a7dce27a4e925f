import { strict as assert } from "node:assert";
import { symlinkSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { checkTypes, formatTypeCheck } from "../../../src/cli/verbs/type_check.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const USER = 'import { task, User } from "locust-ts";\nexport class Idle extends User { @task rest() {} }\n';

/** What is said about `load/locustfile.ts` among these files, in a folder with a compiler. */
async function judge(files: Readonly<Record<string, string>>, names = ["load/locustfile.ts"]): Promise<string> {
  using folder = new TempFolder(files);
  symlinkSync(MODULES, folder.at("node_modules"));
  return formatTypeCheck(await checkTypes(names.map((name) => folder.at(name))));
}

const CORRECT = "\nTypes: correct\n";

const CASES: readonly (readonly [sentence: string, files: Record<string, string>, expected: string | RegExp])[] = [
  ["passes on what the compiler says", {
    "load/locustfile.ts": "export const weight: number = 'heavy';\n",
  }, /^\nTypes: wrong\n.*locustfile\.ts\(1,14\): error TS2322/],
  ["knows the types of locust-ts without a copy", { "load/locustfile.ts": USER }, CORRECT],
  ["prefers its own types to a copy that is stale", {
    "load/locustfile.ts": USER,
    "tsconfig.json": '{"compilerOptions": {"strict": true, "module": "esnext", "moduleResolution": "bundler"}}',
    "types/locust-ts.d.ts": 'declare module "locust-ts" { export const old: 1; }',
  }, CORRECT],
  ["leaves neighbours alone", {
    "load/locustfile.ts": USER,
    "load/other.ts": "export const weight: number = 'heavy';\n",
    "tsconfig.json": '{"compilerOptions": {"strict": true, "module": "esnext", "moduleResolution": "bundler"}}',
  }, CORRECT],
  ["judges what is imported", {
    "load/locustfile.ts": 'import "./other";\n' + USER,
    "load/other.ts": "export const weight: number = 'heavy';\n",
    "tsconfig.json": '{"compilerOptions": {"module": "esnext", "moduleResolution": "bundler"}}',
  }, /other\.ts\(1,14\): error TS2322/],
  ["has the project's strictness", {
    "load/locustfile.ts": "export function f(x) { return x; }\n",
    "tsconfig.json": '{"compilerOptions": {"strict": true, "module": "esnext", "moduleResolution": "bundler"}}',
  }, /error TS7006/],
  ["has the project's aliases and ambient declarations", {
    "load/locustfile.ts": 'import { x } from "@/x";\nexport const y: string = x + AMBIENT;\n',
    "src/x.ts": 'export const x = "x";\n',
    "src/ambient.d.ts": "declare const AMBIENT: string;\n",
    "tsconfig.json":
      '{"compilerOptions": {"module": "esnext", "moduleResolution": "bundler", "paths": {"@/*": ["./src/*"]}}, "include": ["src"]}',
  }, CORRECT],
  ["works below options for emitting", {
    "load/locustfile.ts": USER,
    "tsconfig.json":
      '{"compilerOptions": {"module": "esnext", "moduleResolution": "bundler", "composite": true, "incremental": true, ' +
      '"rootDir": "src", "outDir": "dist", "experimentalDecorators": true}, "include": ["src"]}',
  }, CORRECT],
  ["works below the options of a project that others refer to", {
    "load/locustfile.ts": USER,
    "tsconfig.json":
      '{"compilerOptions": {"module": "esnext", "moduleResolution": "bundler", "composite": true, "declarationMap": true, ' +
      '"emitDeclarationOnly": true, "isolatedDeclarations": true, "importHelpers": true, "target": "es2022", "declarationDir": "types", "tsBuildInfoFile": "x.tsbuildinfo"}}',
  }, CORRECT],
  ["names the project's own file for an option that the compiler refuses", {
    "load/locustfile.ts": USER,
    "tsconfig.json": '{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["./src/*"]}}}',
  }, /^\nTypes: wrong\n\/(?!.*locust-ts-check)[^(\n]*\/tsconfig\.json: error TS5102:[^\n]*\n.*"\.\/\*"/],
  ["knows process where Node's types are installed", {
    "load/locustfile.ts": "export const host: string | undefined = process.env['HOST'];\n",
  }, CORRECT],
];

for (const [sentence, files, expected] of CASES) {
  test(`checkTypes() ${sentence}`, async () => {
    const text = await judge(files);
    if (typeof expected === "string") assert.equal(text, expected);
    else assert.match(text, expected);
  });
}

test("checkTypes() judges every file that is named", async () => {
  const text = await judge({ "a.ts": USER, "b.ts": "export const weight: number = 'heavy';\n" }, ["a.ts", "b.ts"]);
  assert.match(text, /b\.ts\(1,14\): error TS2322/);
});

test("checkTypes() says when there is no compiler, and which one is needed", async () => {
  assert.deepEqual(await checkTypes(["/locustfile.ts"]), { kind: "absent" });
  assert.match(formatTypeCheck({ kind: "absent" }), /npm install -D typescript; 5\.2 or newer/);
});
