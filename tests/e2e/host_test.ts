/** A host is asked for only where a relative URL is used. */
import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

const QUIET = { latency: { kind: "fixed", ms: 1 }, errorRate: 0 } as const;

for (const base of ["HttpUser", "FastHttpUser"]) {
  const write = (url: string) => {
    const folder = makeKeptFolder();
    writeFileSync(
      join(folder, "locustfile.ts"),
      `import { constant, ${base}, task } from "locust-ts";
export class Visitor extends ${base} {
  waitTime = constant(0.1);
  @task async look() { await this.client.get(${JSON.stringify(url)}); }
}`,
    );
    return folder;
  };

  test(`${base} needs no -H for absolute URLs`, async () => {
    await using demo = await startDemo(QUIET);
    const { code, stderr, stdout } = await runCli(["run", "locustfile.ts", "-t", "2s"], {
      cwd: write(`${demo.url}/items`),
    });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /GET\s+\S*\/items\s+\d+ +0\(0\.00%\)/);
  });

  test(`${base} with a relative URL and no host ends the test at once, with what to do`, async () => {
    const { code, stderr } = await runCli(["run", "locustfile.ts", "-t", "30s"], {
      cwd: write("/items"),
      timeoutMs: 15_000,
    });
    assert.equal(code, 2, stderr);
    assert.match(
      stderr,
      /Cannot request "\/items": it has no host; set "host" on the class, pass -H, or give an absolute URL/,
    );
  });
}
