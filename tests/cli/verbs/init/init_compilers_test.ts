// The types that `init` writes, below compiler options that other repositories have, by the newest and the oldest compiler that
// is supported: our declarations must never be what the compiler complains about.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { TYPES_PATH } from "../../../../src/cli/verbs/init/init_files.ts";
import declarations from "../../../../src/cli/verbs/locust_ts_types.txt" with { type: "text" };
import { TempFolder } from "../../../support/temp_folder.ts";

const PACKAGES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const COMPILERS = ["typescript", "typescript-oldest"];
/** The documented minimum is what is tested. */
const OLDEST = "5.2";

const DECORATED = `
import { between, createLocalRunner, Environment, HttpUser, MarkovTaskSet, SequentialTaskSet, tag, task, TaskSet, transition, transitions } from "locust-ts";
class Steps extends SequentialTaskSet { @task a() {} @tag("x") @task(2) async b() {} }
class Walk extends MarkovTaskSet { @transition("look") async enter() {} @transitions({ enter: 2 }) async look() {} }
@tag("set") class Tagged extends TaskSet { @task a() {} }
export class Shopper extends HttpUser {
  override waitTime = between(1, 2);
  @task async browse() { await this.client.get("/"); }
  @task() empty() {}
  @tag("slow") @task(3) async order(): Promise<void> {}
  @task static Steps = Steps;
  @tag("w") @task(2) static Walk = Walk;
  static override tasks = [Tagged, task(3)(function f() {})];
}
export async function load() {
  const environment = new Environment({ userClasses: [Shopper], host: "http://127.0.0.1" });
  const runner = await createLocalRunner(environment);
  return runner;
}
`;
const PLAIN = {
  target: "es2022",
  module: "esnext",
  moduleResolution: "bundler",
  noEmit: true,
  skipLibCheck: false,
  types: [],
};

const PROJECTS: Readonly<Record<string, object>> = {
  "no option of its own": { strict: true },
  "experimentalDecorators": { strict: true, experimentalDecorators: true, emitDecoratorMetadata: true },
  "no strictness": { strict: false },
  "every strictness": {
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noImplicitOverride: true,
    noPropertyAccessFromIndexSignature: true,
    noUnusedLocals: true,
    noUnusedParameters: true,
    noImplicitReturns: true,
    isolatedModules: true,
    verbatimModuleSyntax: true,
  },
  "an old target": { strict: true, target: "es2017" },
  "a lib without the DOM": { strict: true, lib: ["es2022"] },
  "nodenext": { strict: true, module: "nodenext", moduleResolution: "nodenext" },
};

for (const compiler of COMPILERS) {
  for (const [name, options] of Object.entries(PROJECTS)) {
    test(`the types of locust-ts are correct with ${compiler} and ${name}`, () => {
      using folder = new TempFolder({
        "locustfile.ts": DECORATED,
        "package.json": '{"type": "module"}',
        [TYPES_PATH]: declarations,
        "tsconfig.json": JSON.stringify({ compilerOptions: { ...PLAIN, ...options }, include: ["**/*.ts"] }),
      });
      const tsc = `${PACKAGES}/${compiler}/bin/tsc`;
      const { status, stdout } = spawnSync("node", [tsc, "--project", "."], { cwd: folder.path, encoding: "utf8" });
      assert.deepEqual([status, stdout], [0, ""]);
    });
  }
}

test("the oldest compiler that is tried is the one that the documentation names", () => {
  const { version } = JSON.parse(readFileSync(`${PACKAGES}/typescript-oldest/package.json`, "utf8")) as {
    version: string;
  };
  assert.ok(version.startsWith(`${OLDEST}.`), version);
  const page = readFileSync(`${PACKAGES}/../docs/writing-a-locustfile.md`, "utf8");
  assert.match(page, new RegExp(`The types need TypeScript ${OLDEST.replace(".", "\\.")} or newer`));
});
