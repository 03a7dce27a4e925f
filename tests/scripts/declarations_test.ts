// A program that imports the package reads its declarations and none of its sources, whatever options it is compiled with.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { PACKAGE_TYPES, writePackageTypes } from "../../scripts/declarations.ts";
import { TempFolder } from "../support/temp_folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const PROGRAM = `
import { createLocalRunner, Environment, HttpUser, task } from "locust-ts";
class Visitor extends HttpUser { @task async browse() { await this.client.get("/"); } }
const environment = new Environment({ userClasses: [Visitor], host: "http://127.0.0.1" });
const runner = createLocalRunner(environment);
export const state: string = runner.state;
export const wrong: number = runner.state;
`;

const OPTIONS: Readonly<Record<string, object>> = {
  "strict": { strict: true },
  "loose": { strict: false, noImplicitAny: false },
  "stricter than ours": {
    strict: true,
    noPropertyAccessFromIndexSignature: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitReturns: true,
    exactOptionalPropertyTypes: true,
    isolatedModules: true,
  },
  "with older decorators": { strict: true, experimentalDecorators: true },
};

for (const compiler of ["typescript", "typescript-oldest"]) {
  for (const [name, options] of Object.entries(OPTIONS)) {
    test(`a program that is ${name} reads the package's declarations alone (${compiler})`, () => {
      const base = { target: "es2022", module: "nodenext", moduleResolution: "nodenext", noEmit: true, types: [] };
      using folder = new TempFolder({
        "program.ts": PROGRAM,
        "package.json": '{"type": "module"}',
        "node_modules/locust-ts/package.json": readFileSync(join(ROOT, "package.json")),
        "tsconfig.json": JSON.stringify({
          compilerOptions: { ...base, skipLibCheck: false, ...options },
          files: ["program.ts"],
        }),
      });
      for (const part of ["mod.ts", "src"]) symlinkSync(join(ROOT, part), folder.at(`node_modules/locust-ts/${part}`));
      writePackageTypes(ROOT, folder.at(`node_modules/locust-ts/${PACKAGE_TYPES}`));
      const run = (...args: string[]) =>
        spawnSync("node", [join(ROOT, "node_modules", compiler, "bin/tsc"), "--project", ".", ...args], {
          cwd: folder.path,
          encoding: "utf8",
        }).stdout;
      assert.match(
        run(),
        /^program\.ts\(7,14\): error TS2322: .*\n(?: .*\n)*$/,
        "the program's own mistake and no other",
      );
      const read = run("--listFilesOnly").split("\n").filter((path) =>
        path.includes("locust-ts/") && !path.endsWith(".d.ts")
      );
      assert.deepEqual(read, []);
    });
  }
}
