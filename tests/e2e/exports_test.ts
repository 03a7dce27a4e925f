/** Live exports of a real run: what a receiver on a real socket gets, held against the files of the same run. */
import { strict as assert } from "node:assert";
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { createSocket } from "node:dgram";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { type InfluxPoint, readInfluxLine } from "../support/read_influx_line.ts";
import { type OtlpRequest, readOtlp } from "../support/read_otlp.ts";
import { findBlocks, readPages } from "../support/doc_blocks.ts";
import { readExposition, valueOf } from "../support/read_exposition.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(2);

/** Two names, one of which needs every escape and fails each third time. */
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
}`;
/** Who asks for the figures, or reads the last packets, has time for a last look. */
const LINGERING = `${LOCUSTFILE}
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

/** From the end of the load to that of the process, by the stamps of the log. */
function endTookMs(stderr: string): number {
  const stamp = (words: string) =>
    new Date(new RegExp(`\\[(\\S+ \\S+),\\d+\\][^\\n]*${words}`).exec(stderr)?.[1] ?? "").getTime();
  return stamp("Shutting down") - stamp("limit reached");
}

/** Its requests fail; on a machine that others keep busy it may be invalid, too. */
function assertFailures({ code, stderr }: { readonly code: number | null; readonly stderr: string }): void {
  assert.ok(code === 1 || code === 4, stderr);
}

const readFigures = (folder: string): Figures[] => JSON.parse(readFileSync(join(folder, "run.json"), "utf8"));

const RUN = ["run", "shop.ts", "-u", "4", "-r", "20", "--json-file", "run"];

test("--prometheus-port serves the figures of the JSON file, in both formats, and never goes back", async () => {
  const folder = writeFiles({ "shop.ts": LINGERING });
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

test("--statsd sends counters that sum to the figures of the JSON file, in packets that fit a frame", async () => {
  const socket = createSocket("udp4");
  const packets: string[] = [];
  socket.on("message", (packet) => {
    assert.ok(packet.length <= 1432);
    packets.push(packet.toString());
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  try {
    const folder = writeFiles({ "shop.ts": LINGERING });
    const { port } = socket.address();
    const run = await startCli([...RUN, "-t", "3s", "--statsd", `127.0.0.1:${port}`], { cwd: folder }).ended;
    assertFailures(run);
    const lines = packets.flatMap((packet) => packet.split("\n"));
    const sum = (start: string, end: string) =>
      lines.filter((line) => line.startsWith(start) && line.endsWith(end))
        .reduce((total, line) => total + Number(/:(\d+)\|c/.exec(line)?.[1]), 0);
    for (const { method, name, num_requests, num_failures } of readFigures(folder)) {
      const tags = `|c|#method:${method},name:${name.replace(/[|,#\n]/g, "_")}`;
      assert.equal(sum("locust_ts.requests:", tags), num_requests, tags);
      assert.equal(sum("locust_ts.failures:", tags), num_failures, tags);
    }
    assert.ok(lines.includes("locust_ts.users:4|g"));
    assert.ok(
      lines.some((line) => /^locust_ts\.response_time\.p95:\d+(\.\d+)?\|g\|#method:CALL,name:look$/.test(line)),
    );
  } finally {
    socket.close();
  }
});

test("--influx posts points whose last figures are those of the JSON file; its password is in no output", async () => {
  const points: InfluxPoint[] = [];
  const requests: { readonly url: string | undefined; readonly authorization: string | undefined }[] = [];
  await withHttp(async (request) => {
    requests.push({ url: request.url, authorization: request.headers.authorization });
    for (const line of (await readBody(request)).toString().trimEnd().split("\n")) points.push(readInfluxLine(line));
    return 204;
  }, async (port) => {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const files = ["--summary-file", "run-summary.json", "--journal", "run.ndjson", "--html", "run.html"];
    const url = `http://ada:love%21ace@127.0.0.1:${port}/?db=load&p=qu3ry`;
    const run = await startCli([...RUN, ...files, "-t", "3s", "--influx", url], { cwd: folder }).ended;
    assertFailures(run);
    for (const { method, name, num_requests, num_failures } of readFigures(folder)) {
      const shown = name.replace("\n", "\\n");
      const last = points.findLast(({ tags }) => tags["method"] === method && tags["name"] === shown);
      assert.equal(last?.fields["requests"], `${num_requests}i`);
      assert.equal(last?.fields["failures"], `${num_failures}i`);
    }
    assert.equal(points.findLast(({ measurement }) => measurement === "locust_ts_run")?.fields["state"], '"stopped"');
    assert.equal(requests[0]?.url, "/write?db=load&p=qu3ry");
    assert.equal(requests[0]?.authorization, `Basic ${btoa("ada:love!ace")}`);
    const written = ["run.json", "run-summary.json", "run.ndjson", "run.html"].map((file) =>
      readFileSync(join(folder, file), "utf8")
    );
    assert.doesNotMatch([run.stdout, run.stderr, ...written].join(), /love(?:%21|!)ace|qu3ry/);
  });
});

test("OTEL_ variables export histograms by OTLP that agree with the JSON file, with headers and resource", async () => {
  const received: { readonly url: string | undefined; readonly key: unknown; readonly request: OtlpRequest }[] = [];
  await withHttp(async (request) => {
    received.push({
      url: request.url,
      key: request.headers["x-key"],
      request: readOtlp(await readBody(request)),
    });
    return 200;
  }, async (port) => {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-key=k1",
      OTEL_METRIC_EXPORT_INTERVAL: "1000",
      OTEL_SERVICE_NAME: "checkout-load",
      OTEL_RESOURCE_ATTRIBUTES: "team=shop,stage=test",
    };
    const run = await startCli([...RUN, "-t", "4s", "--reset-stats"], { cwd: folder, env }).ended;
    assertFailures(run);
    assert.ok(received.length >= 3, `${received.length} exports in 4 s`);
    const { url, key, request: { resource, metrics } } = received.at(-1)!;
    assert.equal(url, "/v1/metrics");
    assert.equal(key, "k1");
    const { "service.name": service, team, stage } = resource;
    assert.deepEqual({ service, team, stage }, { service: "checkout-load", team: "shop", stage: "test" });
    const durations = metrics.get("locust.client.duration")!;
    assert.equal(durations.unit, "s");
    for (const { method, name, num_requests, total_response_time } of readFigures(folder)) {
      const point = durations.points.find(({ attributes }) => attributes["name"] === name)!;
      assert.equal(point.attributes["method"], method);
      assert.ok(point.count! >= num_requests); // the statistics were reset, and these were not
      const sumMs = point.sum! * 1000; // whole microseconds on both sides: they differ by the rounding of two divisions
      assert.ok(sumMs > total_response_time - 0.0005, `${name}: ${sumMs} ms against ${total_response_time} ms`);
      assert.equal(point.counts.reduce((sum, count) => sum + count, 0), point.count);
      assert.equal(point.counts.length, point.bounds.length + 1);
      assert.ok(point.min! > 0 && point.min! <= point.max!);
      assert.ok(point.timeMs > point.startMs);
    }
    const http = metrics.get("http.client.request.duration")!.points;
    const ofOdd = { "http.request.method": "GET", "url.template": ODD };
    assert.deepEqual(http.map(({ attributes }) => attributes), [ofOdd, { ...ofOdd, "error.type": "Error" }]);
    const [odd] = readFigures(folder).filter(({ name }) => name === ODD);
    assert.ok(http[1]!.count! >= odd!.num_failures && http[1]!.count! > 0);
    const ofAll = durations.points.find(({ attributes }) => attributes["name"] === ODD)!;
    assert.equal(http[0]!.count! + http[1]!.count!, ofAll.count);
    assert.ok(Math.abs(http[0]!.sum! + http[1]!.sum! - ofAll.sum!) < 1e-5);
    assert.deepEqual(http[0]!.counts.map((count, i) => count + http[1]!.counts[i]!), ofAll.counts);
    const failures = metrics.get("locust.client.failures")!.points;
    assert.equal(failures[0]?.attributes["error.message"], 'Error: bad "answer"');
    assert.ok(
      metrics.get("locust.users.count")!.points.every(({ attributes }) => attributes["user_class"] === "Visitor"),
    );
    const counts = received.map(({ request }) => request.metrics.get("locust.client.duration")?.points[0]?.count ?? 0);
    assert.deepEqual(counts, counts.toSorted((a, b) => a - b), "cumulative counts never go back");
  });
});

test("the output of one's own in docs/outputs.md posts every request of the run", async () => {
  const page = readPages().find(({ path }) => path === "docs/outputs.md")!;
  const example = findBlocks(page).find(({ text }) => text.includes("events.runEvent"))!;
  const lines: { readonly requests: number; readonly failures: number; readonly isLast: boolean }[] = [];
  await withHttp(async (request) => {
    lines.push(JSON.parse((await readBody(request)).toString()));
    return 200;
  }, async (port) => {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE, "board.ts": example.text });
    const args = ["-f", "shop.ts,board.ts", "-t", "3s", "--board-url", `http://127.0.0.1:${port}`];
    const run = await startCli(["run", ...RUN.slice(2), ...args], { cwd: folder }).ended;
    assertFailures(run);
    const all = readFigures(folder);
    const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
    assert.equal(
      sum(lines.map(({ requests }) => requests)),
      sum(all.map((figures) => figures.num_requests)),
      run.stderr,
    );
    assert.equal(lines.at(-1)?.failures, sum(all.map((figures) => figures.num_failures)));
    assert.deepEqual(lines.map(({ isLast }) => isLast), [...lines.slice(1).map(() => false), true]);
  });
});

for (
  const [says, body] of [
    ["throws", 'throw new Error("no disk")'],
    ["hangs", "return new Promise(() => {})"],
  ] as const
) {
  test(`a listener of runEvent that ${says} delays nothing and loses no number`, async () => {
    const own = `events.runEvent.addListener(() => { ${body}; });`;
    const folder = writeFiles({ "shop.ts": `${LOCUSTFILE}\n${own}` });
    const run = await startCli([...RUN, "-t", "7s"], { cwd: folder }).ended;
    assert.match(run.stdout, /--run-time of 7 s reached/);
    assert.ok(endTookMs(run.stderr) < 10_000, run.stderr); // a listener has 5 s for an event, and quitting waits for that long once
    assert.ok(readFigures(folder).every(({ num_requests }) => num_requests > 200), run.stderr);
    const expected = says === "throws"
      ? /Uncaught exception in a listener of "runEvent": Error: no disk/
      : /A listener of "runEvent" has not ended within 5 s at "runStarted"; the run continues without it/;
    const times = run.stderr.match(new RegExp(expected, "g"))?.length ?? 0;
    assert.ok(says === "throws" ? times >= 1 && times <= 6 : times === 1, run.stderr);
  });
}

for (const where of [[], ["--workers", "2"]]) {
  test(`--trace-share: trace ids stand in --samples and beside the buckets of OpenMetrics ${where.join(" ")}`, async () => {
    const seen = new Set<string>();
    await withHttp((request) => {
      const id = /^00-([0-9a-f]{32})-/.exec(String(request.headers["traceparent"] ?? ""))?.[1];
      if (id !== undefined) seen.add(id);
      return Promise.resolve(request.url === "/bad" ? 500 : 200);
    }, async (port) => {
      const folder = writeFiles({
        "shop.ts": `import { constant, events, FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  waitTime = constant(0.01);
  @task async good() { await this.client.get("/good"); }
  @task async bad() { await this.client.get("/bad"); }
}
events.quitting.addListener(() => new Promise((resolve) => setTimeout(resolve, 2_500)));`,
      });
      const args = ["run", "shop.ts", "-H", `http://127.0.0.1:${port}`, "-u", "4", "-r", "4", "-t", "3s", ...where];
      const run = startCli(
        [...args, "--trace-share", "0.5", "--samples", "all.csv", "--prometheus-port", "0", "--journal", "j.ndjson"],
        { cwd: folder, env: { XDG_DATA_HOME: folder } },
      );
      await run.waitFor(/metrics for Prometheus at (\S+)/);
      const url = /metrics for Prometheus at (\S+)/.exec(run.stderr())?.[1] ?? "";
      await run.waitFor("--run-time limit reached");
      const accept = "application/openmetrics-text;version=1.0.0";
      let families = new Map() as ReturnType<typeof readExposition>;
      while (valueOf(families, "locust_ts_run_state", { state: "stopped" }) !== 1) {
        families = readExposition(await (await fetch(url, { headers: { accept } })).text(), "openMetrics");
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const { stderr } = await run.ended;
      const buckets = families.get("locust_ts_request_duration_seconds")?.samples ?? [];
      for (const name of ["/good", "/bad"]) {
        const exemplars = buckets.flatMap(({ labels, exemplar }) =>
          labels["name"] === name && exemplar !== undefined ? [{ le: Number(labels["le"]), ...exemplar }] : []
        );
        assert.ok(exemplars.length > 0, `${name}: ${stderr}`);
        for (const { labels, value, le } of exemplars) {
          assert.ok(seen.has(labels["trace_id"] ?? ""), JSON.stringify(labels));
          assert.ok(Number.isNaN(le) || value <= le, `${value} in the bucket of ${le}`);
        }
      }
      const [header, ...lines] = readFileSync(join(folder, "all.csv"), "utf8").trimEnd().split("\r\n");
      assert.match(header ?? "", /,exception,trace_id$/);
      const ids = lines.map((line) => /,([0-9a-f]{32})?$/.exec(line)?.[1]).filter((id) => id !== undefined);
      assert.deepEqual(new Set(ids), seen);
      assert.equal(ids.length, seen.size);
      assert.doesNotMatch(readFileSync(join(folder, "j.ndjson"), "utf8"), /"kind":"(traced|sampled)"/);
    });
  });
}

test("--trace-share gives that share of requests a sampled traceparent, which listeners get, and no request without it", async () => {
  const locustfile = `import { constant, events, FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  waitTime = constant(0);
  @task async plain() { await this.client.get("/plain"); }
  @task async optional() { await this.client.get("/optional", { headers: { "x-a": "1" } }); }
  @task async redirected() { await this.client.get("/redirected"); }
  @task async own() { await this.client.get("/own", { headers: { traceparent: "00-mine" } }); }
}
events.request.addListener(({ name, traceId }) => { if (traceId !== undefined) console.log(\`trace \${name} \${traceId}\`); });`;
  const seen: { readonly path: string; readonly traceparent: string | undefined }[] = [];
  const server = createHttpServer((request, response) => {
    const { traceparent } = request.headers;
    seen.push({ path: request.url ?? "", traceparent: traceparent === undefined ? undefined : String(traceparent) });
    if (request.url === "/redirected") response.writeHead(302, { location: "/landed" }).end();
    else response.writeHead(200).end("ok");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const folder = writeFiles({ "shop.ts": locustfile });
    const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const run = async (...options: readonly string[]) => {
      seen.length = 0;
      const args = ["run", "shop.ts", "-H", host, "-u", "2", "--iterations", "800", "--processes", "1", ...options]; // a share of few says nothing
      const result = await startCli(args, { cwd: folder }).ended;
      assert.equal(result.code, 0, result.stderr);
      return result;
    };
    const { stdout } = await run("--trace-share", "0.2");
    const shown = new Set(
      Array.from(stdout.matchAll(/^trace (\S+) ([0-9a-f]{32})$/gm), ([, name, id]) => `${name} ${id}`),
    );
    for (const path of ["/plain", "/optional", "/redirected", "/landed"]) {
      const requests = seen.filter((each) => each.path === path);
      const traced = requests.flatMap(({ traceparent }) => traceparent === undefined ? [] : [traceparent]);
      assert.ok(
        Math.abs(traced.length / requests.length - 0.2) < 0.12,
        `${traced.length} of ${requests.length} ${path}`,
      );
      for (const traceparent of traced) {
        const id = /^00-([0-9a-f]{32})-[0-9a-f]{16}-01$/.exec(traceparent)?.[1];
        assert.ok(shown.has(`${path.replace("/landed", "/redirected")} ${id}`), `${path} ${traceparent}`);
      }
    }
    assert.ok(seen.filter(({ path }) => path === "/own").every(({ traceparent }) => traceparent === "00-mine"));
    await run();
    assert.ok(seen.every(({ path, traceparent }) => traceparent === (path === "/own" ? "00-mine" : undefined)));
  } finally {
    server.close();
  }
});

test("receivers that are down or hang cost one warning each, no request, and do not hold up the end", async () => {
  const hanging = createServer(() => {});
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  const { port } = hanging.address() as AddressInfo;
  try {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const exports = [
      "--statsd",
      "127.0.0.1:9",
      "--influx",
      `http://ada:secret@127.0.0.1:${port}`,
      "--otlp-endpoint",
      "http://127.0.0.1:9",
    ];
    const run = await startCli([...RUN, "-t", "5s", ...exports], { cwd: folder }).ended;
    assertFailures(run);
    assert.equal(run.stderr.match(/WARNING.*Cannot send to InfluxDB/g)?.length, 1, run.stderr);
    assert.ok((run.stderr.match(/WARNING.*Cannot send to StatsD/g)?.length ?? 0) <= 1, run.stderr);
    assert.equal(run.stderr.match(/WARNING.*Cannot send to OpenTelemetry/g)?.length, 1, run.stderr);
    assert.doesNotMatch(run.stderr, /secret/);
    assert.ok(readFigures(folder).every(({ num_requests }) => num_requests > 50), run.stderr);
    assert.ok(endTookMs(run.stderr) < 6_000, run.stderr);
  } finally {
    hanging.close();
  }
});

test("a scraper that never reads, and one that never asks, delay neither run nor end", async () => {
  const folder = writeFiles({ "shop.ts": LOCUSTFILE });
  const run = startCli([...RUN, "-t", "4s", "--prometheus-port", "0"], { cwd: folder });
  await run.waitFor(/metrics for Prometheus at (\S+)/);
  const { port } = new URL(/metrics for Prometheus at (\S+)/.exec(run.stderr())?.[1] ?? "");
  const silent = connect(Number(port), "127.0.0.1");
  const deaf = connect(Number(port), "127.0.0.1").pause();
  for (const socket of [silent, deaf]) socket.on("error", () => {}); // the end of the run cuts them off
  deaf.write("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n".repeat(500));
  const { code, stderr, stdout } = await run.ended;
  for (const socket of [silent, deaf]) socket.destroy();
  assert.equal(code, 1, stderr);
  assert.match(stdout, /Run ended after 0:04/);
  assert.ok(readFigures(folder).every(({ num_requests }) => num_requests > 50), stdout);
  assert.match(stderr, /Shutting down \(exit code 1\)/);
  assert.ok(endTookMs(stderr) < 6_000, stderr);
});

test("an InfluxDB that answers slowly, and an OTLP endpoint that hangs, cost a warning each and no figure", async () => {
  let points = 0;
  await withHttp(async (request) => {
    if (request.url?.startsWith("/v1/metrics") === true) return await new Promise<number>(() => {});
    points += (await readBody(request)).toString().trimEnd().split("\n").length;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return 204;
  }, async (port) => {
    const folder = writeFiles({ "shop.ts": LOCUSTFILE });
    const url = `http://127.0.0.1:${port}`;
    const { code, stderr } = await startCli([...RUN, "-t", "5s", "--influx", url, "--otlp-endpoint", url], {
      cwd: folder,
    }).ended;
    assert.equal(code, 1, stderr);
    assert.equal(stderr.match(/WARNING.*Cannot send to OpenTelemetry/g)?.length, 1, stderr);
    assert.doesNotMatch(stderr, /Cannot send to InfluxDB/);
    assert.ok(points > 0);
    assert.ok(readFigures(folder).every(({ num_requests }) => num_requests > 50), stderr);
    assert.ok(endTookMs(stderr) < 10_000, stderr);
  });
});

for (
  const [option, value, problem] of [
    ["--influx", "h:8086", "it is not an http or https URL"],
    ["--statsd", "h:99999", "it is not an address"],
    ["--prometheus-port", "70000", "it is out of range"],
  ] as const
) {
  test(`${option} ${value} is refused`, async () => {
    const { code, stderr } = await startCli(["run", "shop.ts", option, value]).ended;
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`Cannot use ${option}.*${problem}`));
  });
}

async function withHttp(
  answer: (request: IncomingMessage) => Promise<number>,
  use: (port: number) => Promise<void>,
): Promise<void> {
  const server = createHttpServer((request, response) => {
    answer(request).then((status) => response.writeHead(status).end(), () => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use((server.address() as AddressInfo).port);
  } finally {
    server.close();
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}
