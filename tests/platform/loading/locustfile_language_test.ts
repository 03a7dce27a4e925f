import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { importLocustfiles } from "../../../src/platform/loading/module_loading.ts";
import { ownFrames } from "../../../src/base/own_frames.ts";

const API = new URL("../../../mod.ts", import.meta.url).href;
const LOCUSTFILE = `import { TaskSet, task, User } from "${API}";
export class Shopper extends User {
  @task(2)
  static Browse = class extends TaskSet<User> {
    @task
    list() {
      throw new Error("on line 7");
    }
  };
  @task
  order() {}
}
export const here = import.meta.url;
`;

test("importLocustfiles() loads a class in a class with decorators, with the places of the file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "locust-ts-test-"));
  try {
    const file = join(folder, "locustfile.ts");
    await writeFile(file, LOCUSTFILE);
    const { modules: [loaded], failed } = await importLocustfiles([file]);
    assert.deepEqual(failed, []);
    const { Shopper, here } = loaded?.exports as {
      readonly Shopper: { readonly Browse: { readonly prototype: { list(): void } } };
      readonly here: string;
    };
    assert.ok(here.endsWith("/locustfile.ts") && here.includes(folder), here);
    try {
      Shopper.Browse.prototype.list();
      assert.fail("it does not throw");
    } catch (thrown) {
      assert.ok(ownFrames(thrown)[0]?.startsWith(`${file}:7:`), String(ownFrames(thrown)));
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
