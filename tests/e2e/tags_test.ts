/** Tags and URL grouping in whole runs of the executable: what the target saw is what every output says, live and from the journal. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { type HttpSystem, openHttpSystem } from "../support/http_system.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

const LOCUSTFILE = `
import { constant, events, FastHttpUser, HttpUser, task } from "locust-ts";

const region = (index: number) => index % 2 === 0 ? "us" : "eu";
let next = 0;
const id = (index: number) => index * 1_000_000 + next++;

export class Fast extends FastHttpUser {
  static override tags = { client: "fast" };
  static override fixedCount = 4;
  override waitTime = constant(0.01);
  override onStart() { this.tags = { ...this.tags, region: region(this.index) }; }
  get sent() { return { "x-region": region(this.index), "x-client": "fast" }; }
  @task async item() { await this.client.get(\`/items/\${id(this.index)}?page=\${next}\`, { headers: this.sent }); }
  @task async named() {
    await this.client.get(\`/named/\${next % 30}\`, { name: \`/named/\${next++ % 30}\`, headers: this.sent });
  }
}

export class Full extends HttpUser {
  static override tags = { client: "full" };
  static override fixedCount = 4;
  override waitTime = constant(0.01);
  @task async item() {
    const headers = { "x-region": "eu", "x-client": "full" };
    await this.client.get(\`/items/\${id(this.index)}?page=1\`, { headers, tags: { region: "eu" } });
    await this.client.get(\`/broken/\${id(this.index)}\`, { headers: { "x-client": "full" } });
    events.request.fire({ requestType: "SQL", name: "q", responseTime: 5, tags: { region: "eu", store: "main" } });
  }
}

export const thresholds = ["tag region=eu: requests > 10, p95 < 10s", "tag client=full GET /broken*: failures > 99%"];
`;

function openSystem(): Promise<HttpSystem> {
  const plain = (_request: unknown, response: { end: (text: string) => void }) => void response.end("ok");
  return openHttpSystem(
    new Proxy({}, {
      get: (_, path) =>
        String(path).includes("/broken/")
          ? (_request: unknown, response: { writeHead: (status: number) => { end: () => void } }) =>
            void response.writeHead(500).end()
          : plain,
    }),
  );
}

function countSeen(
  { seen }: HttpSystem,
  isWanted: (url: string, headers: HttpSystem["seen"][0]["headers"]) => boolean,
) {
  return seen.filter(({ url, headers }) => isWanted(url, headers)).length;
}

const requestsOf = (entries: RunSummary["entries"], name: string) =>
  entries.find((entry) => entry.name === name)?.requests ?? 0;

test("tags and grouped URLs: every output has what the target saw, and the journal gives the same", async () => {
  await checkOutputs(["--processes", "3"]);
});

test("tags and grouped URLs of two workers are merged as those of threads are", async () => {
  await checkOutputs(["--workers", "2"]);
});

async function checkOutputs(where: readonly string[]) {
  await using system = await openSystem();
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const outputs = (name: string) => [
    ...["--summary-file", `${name}.json`, "--markdown", `${name}.md`, "--html", `${name}.html`],
    ...["--json-file", `${name}_locust`, "--csv", `${name}_csv`, "--csv-full-history"],
  ];
  const { code, stdout, stderr } = await runCli([
    ...["run", "locustfile.ts", "-H", system.url, "-u", "8", "-r", "100", "-t", "4s", ...where],
    ...["--stop-timeout", "5", "--exit-code-on-error", "0", "--journal", "run.ndjson", ...outputs("live")],
  ], { cwd: folder });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const summary = JSON.parse(read("live.json")) as RunSummary;

  const items = countSeen(system, (url) => url.startsWith("/items/"));
  const eu = countSeen(system, (_, headers) => headers["x-region"] === "eu");
  const fast = countSeen(system, (_, headers) => headers["x-client"] === "fast");
  const named = new Set(system.seen.map(({ url }) => url).filter((url) => url.startsWith("/named/"))).size;
  assert.ok(items > 20 && named > 20, `${items} ${named}`);
  const { entries, splits = [], urlGroups } = summary;
  assert.equal(requestsOf(entries, "/items/[id]?page=[value]"), items);
  assert.equal(entries.filter(({ name }) => name.startsWith("/items/")).length, 1);
  assert.equal(
    entries.filter(({ name }) => name.startsWith("/named/")).length,
    named,
    "names that are given stay apart",
  );
  assert.deepEqual(urlGroups?.map(({ name }) => name), ["/broken/[id]", "/items/[id]?page=[value]"]);
  assert.deepEqual([...new Set(summary.failures.map(({ name }) => name))], ["/broken/[id]"]);

  const sql = requestsOf(entries, "q");
  const byTag = new Map(splits.map(({ tag, values }) => [tag, new Map(values.map((each) => [each.value, each]))]));
  assert.deepEqual([...byTag.keys()], ["client", "region", "store"]);
  assert.equal(byTag.get("region")?.get("eu")?.total.requests, eu + sql);
  assert.equal(byTag.get("client")?.get("fast")?.total.requests, fast);
  assert.equal(byTag.get("store")?.get("main")?.total.requests, sql);
  const full = byTag.get("client")?.get("full");
  assert.equal(full?.total.failures, countSeen(system, (url) => url.startsWith("/broken/")));
  assert.deepEqual(full?.entries.map(({ name }) => name), ["/broken/[id]", "/items/[id]?page=[value]"]);
  for (const values of byTag.values()) {
    for (const { total, entries } of values.values()) {
      assert.equal(entries.reduce((sum, { requests }) => sum + requests, 0), total.requests);
    }
  }

  assert.match(stderr, /each stand for more than 20 URLs/, "the log says it");
  assert.equal(stderr.match(/each stand for more than 20 URLs/g)?.length, 1, "and says it once");
  assert.match(stdout, /Requests by region/);
  assert.match(stdout.replaceAll(/\s+/g, " "), /more than 20 URLs that differ only in ids or query values/);
  assert.match(read("live.md"), /### Requests by `region`/);
  const locust = JSON.parse(read("live_locust.json")) as { kind?: string; value?: string; requests?: number }[];
  assert.equal(
    locust.find(({ kind, value }) => kind === "split" && value === "eu")?.requests,
    byTag.get("region")?.get("eu")?.total.requests,
  );

  const report = await runCli(["report", "run.ndjson", ...outputs("again")], { cwd: folder });
  assert.equal(report.code, 0, report.stderr);
  for (
    const file of [".json", ".md", "_locust.json", "_csv_stats.csv", "_csv_stats_history.csv", "_csv_failures.csv"]
  ) {
    assert.equal(read(`again${file}`), read(`live${file}`), file);
  }
}

test("--url-grouping off keeps each URL a row", async () => {
  await using system = await openSystem();
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const { code, stdout, stderr } = await runCli([
    ...["run", "locustfile.ts", "-H", system.url, "-u", "8", "-r", "100", "-t", "2s", "--processes", "1"],
    ...["--stop-timeout", "5", "--exit-code-on-error", "0", "--summary-file", "s.json", "--url-grouping", "off"],
  ], { cwd: folder });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const summary = JSON.parse(readFileSync(join(folder, "s.json"), "utf8")) as RunSummary;
  const urls = new Set(system.seen.map(({ url }) => url).filter((url) => url.startsWith("/items/")));
  const rows = summary.entries.filter(({ name }) => name.startsWith("/items/"));
  assert.equal(rows.length, urls.size);
  assert.equal(summary.urlGroups, undefined);
  assert.doesNotMatch(stderr, /more than 20 URLs/);
});

test("split by a tag in a browser: the live table, and the report", { skip }, async () => {
  await using system = await openSystem();
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const cli = startCli([
    ...[
      "run",
      "locustfile.ts",
      "-H",
      system.url,
      "--web",
      "-P",
      "0",
      "-u",
      "8",
      "-r",
      "100",
      "-t",
      "1m",
      "--autostart",
    ],
    ...["--stop-timeout", "5", "--html", "page.html"],
  ], { cwd: folder });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
  const context = await browser().newContext({ locale: "en-US" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.getByLabel("Split by").selectOption("region");
  const table = page.getByRole("table", { name: "Request statistics by region" });
  const eu = table.getByRole("row", { name: /^eu .*Aggregated/ });
  await eu.waitFor();
  const requests = async () => Number((await eu.getByRole("cell").nth(2).textContent())?.replaceAll(/\D/g, ""));
  const before = await requests();
  while (await requests() <= before) await eu.getByRole("cell").nth(2).textContent(); // it follows the ticks
  await page.getByRole("searchbox", { name: "Filter requests" }).fill("/named/7");
  await table.getByRole("row", { name: /^us .*\/named\/7/ }).waitFor();
  await page.getByLabel("Split by").selectOption("");
  await page.getByRole("table", { name: "Request statistics", exact: true }).waitFor();

  cli.child.kill("SIGINT");
  await cli.ended;
  await page.goto(`file://${join(folder, "page.html")}`);
  await page.getByLabel("Split by").selectOption("client");
  const split = page.getByRole("table", { name: "Request statistics by client" });
  await split.getByRole("row", { name: /^full .*Aggregated/ }).waitFor();
  await page.getByLabel("Split by").selectOption("");
  await page.getByRole("button", { name: "Details of GET /broken/[id]" }).click();
  await page.getByText(/This row stands for more than 20 URLs, such as \/broken\//).waitFor();
  assert.deepEqual(complaints, []);
  await context.close();
});
