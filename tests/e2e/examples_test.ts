import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { startDemo } from "../support/demo.ts";
import { runCli } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(2);

/** Examples that are programs of their own, or need another system than the shop. */
const OTHER = ["library.ts", "raw_tcp.ts", "websocket.ts", "redis.ts"];

const locustfiles = readdirSync("examples").filter((name) => name.endsWith(".ts") && !OTHER.includes(name)).sort();

for (const name of locustfiles) {
  test(`examples/${name}: runs against the shop without a failure`, async () => {
    await using demo = await startDemo({ latency: { kind: "fixed", ms: 2 }, errorRate: 0 });
    const load = name === "scenarios.ts" ? [] : ["-u", "4", "-r", "20"];
    const args = ["run", `examples/${name}`, "-H", demo.url, ...load, "-t", "3s", "--only-summary"];
    const { code, stdout, stderr } = await runCli(args, { env: { SEARCH_HOST: demo.url } });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
    assert.ok(demo.requests().total > 0, "it made requests");
    assert.equal(demo.requests().byRoute["(no such page)"] ?? 0, 0, "it knows the shop's pages");
  });
}
