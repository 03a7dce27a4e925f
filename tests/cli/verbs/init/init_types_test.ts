// The types that `init` writes, as a locustfile meets them: what the documentation writes is accepted, wrong use is rejected.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { writeProject } from "../../../../src/cli/verbs/init/init.ts";
import { templateNamed } from "../../../../src/cli/verbs/init/init_templates.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

const TSC = fileURLToPath(new URL("../../../../node_modules/typescript/bin/tsc", import.meta.url));

const LOCUSTFILE = `
import { between, constantPacing, HttpUser, tag, task, type TaskList, TaskSet, User, type WaitTime } from "locust-ts";

class Browse extends TaskSet {
  @task async look() { await this.client.get("/"); this.interrupt(); }
}
async function buy(user: Listed) { await user.client.get("/"); }
async function within(set: Browse) { await set.client.get("/"); set.interrupt(); }
function own(this: Listed) { return this.index; }

export class Listed extends HttpUser {
  static override tasks: TaskList = [buy, [within, 2], own, Browse, [Browse, 3], async (user) => { await user.wait(); }];
  override waitTime: WaitTime = function (this: Listed) { return this.index; };
}
export class Inferred extends HttpUser {
  static override tasks = [buy, [within, 2], [Browse, 2]];
  override waitTime = function (this: User) { return this.random.float(); };
}
export class Mapped extends HttpUser {
  static override tasks = new Map([[buy, 2]]);
  override waitTime(): number { return between(1, 2).call(this) + constantPacing(3).call(this); }
}
export class Wrong extends HttpUser {
  // @ts-expect-error a list holds tasks
  static override tasks: TaskList = [3];
  @task async once() {
    // @ts-expect-error a name is text
    await this.client.get("/", { name: 3 });
    // @ts-expect-error no such option
    await this.client.get("/", { data: "x" });
    const res = await this.client.get("/");
    // @ts-expect-error Locust's name
    res.statusCode;
    // @ts-expect-error who reads JSON says of which type
    (await res.json()).state;
  }
  // @ts-expect-error tags are text
  @tag(3) @task async twice() {}
  // @ts-expect-error a context is an object
  override context() { return 3; }
}
`;

test("the shipped types accept tasks and wait times as locustfiles write them, and reject wrong use", () => {
  const cwd = makeKeptFolder();
  writeProject({ cwd, folder: ".", overwrite: "never", template: templateNamed("http"), version: "1.2.3" });
  writeFileSync(join(cwd, "locustfile.ts"), LOCUSTFILE);
  const { status, stdout } = spawnSync(TSC, ["--project", "."], { cwd, encoding: "utf8" });
  assert.deepEqual([status, stdout], [0, ""]);
});
