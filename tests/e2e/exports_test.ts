/** Live exports of a real run: what a receiver on a real socket gets, held against the files of the same run. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { readExposition, valueOf } from "../support/read_exposition.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";

/** Two names, one of which needs every escape and fails each third time; at the end there is time for a last look. */
const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  waitTime = constant(0.02);
  calls = 0;
  @task async look() {
    await events.request.measure("CALL", "look", () => this.sleep(0.01));
  }
  @task async odd() {
    const fails = this.calls++ % 3 === 0;
    await events.request.measure("GET", 'a "b"\\\\ c,d=e|f#g:h\\n@i', async () => {
      await this.sleep(0.005);
      if (fails) throw new Error("bad \\"answer\\"");
    }).catch(() => {});
  }
}
events.quitting.addListener(() => new Promise((resolve) => setTimeout(resolve, 2_500)));`;

const ODD = 'a "b"\\ c,d=e|f#g:h\n@i';

interface Figures {
  readonly method: string;
  readonly name: string;
  readonly num_requests: number;
  readonly num_failures: number;
  readonly total_content_length: number;
  readonly total_response_time: number;
}

const readFigures = (folder: string): Figures[] => JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));

const RUN = ["run", "shop.ts", "-u", "4", "-r", "20", "--json-file", "run"];

test("--prometheus-port serves the figures of the JSON file, in both formats, and never goes back", async () => {
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const options = ["-t", "4s", "--prometheus-port", "0", "--threshold", "p95<5s", "--reset-stats"];
  const run = startCli([...RUN, ...options], { cwd: folder });
  await run.waitFor(/metrics for Prometheus at (\S+)/);
  const url = /metrics for Prometheus at (\S+)/.exec(run.stderr())?.[1] ?? "";
  const scrape = async (format: "text" | "openMetrics") => {
    const accept = format === "text" ? "text/plain" : "application/openmetrics-text;version=1.0.0,text/plain;q=0.5";
    const response = await fetch(url, { headers: { accept } });
    return readExposition(await response.text(), format);
  };
  let last = await scrape("text");
  const odd = { method: "GET", name: ODD };
  let requests = 0;
  while (valueOf(last, "locust_ts_run_state", { state: "stopped" }) !== 1) {
    last = await scrape("text");
    const now = valueOf(last, "locust_ts_requests_total", odd) ?? requests;
    assert.ok(now >= requests, `${now} after ${requests}`);
    requests = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const openMetrics = await scrape("openMetrics");
  const result = await run.ended;
  for (const figures of readFigures(folder)) {
    const labels = { method: figures.method, name: figures.name };
    assert.equal(valueOf(last, "locust_requests_num_requests", labels), figures.num_requests, result.stderr);
    assert.equal(valueOf(last, "locust_requests_num_failures", labels), figures.num_failures);
    // The statistics were reset, and these counters were not.
    for (const families of [last, openMetrics]) {
      const total = valueOf(families, "locust_ts_requests_total", labels) ?? 0;
      assert.ok(total >= figures.num_requests);
      assert.equal(valueOf(families, "locust_ts_request_duration_seconds_count", labels), total);
    }
  }
  assert.equal(valueOf(openMetrics, "locust_ts_threshold_ok", { expression: "p95<5s" }), 1);
  const kinds = openMetrics.get("locust_ts_failure_kinds")?.samples.map(({ labels }) => labels);
  assert.deepEqual(kinds, [{ ...odd, error: 'Error: bad "answer"' }]);
});

test("--prometheus-port on a port that is taken is exit code 2 before the run", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  try {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const { code, stderr } = await startCli([...RUN, "--prometheus-port", String(port)], { cwd: folder }).ended;
    assert.equal(code, 2);
    assert.match(
      stderr,
      new RegExp(`Cannot listen on 127\\.0\\.0\\.1:${port}: address in use; choose another with --prometheus-port`),
    );
  } finally {
    server.close();
  }
});
