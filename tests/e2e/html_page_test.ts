/** The page of `--html` in a real browser: with and without its script, in both themes, and what it asks the network for. */
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { before, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import * as addFormats from "ajv-formats";
import type { BrowserContextOptions, Page } from "playwright-core";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");

const LOCUSTFILE = `import { events, task, User } from "locust-ts";
const NAMES = ["/cart", "<script>alert(1)</script>", "=cmd()", "/a/name/that/is/longer/than/most/names/that/people/write/for/a/request/of/theirs"];
export class Visitor extends User {
  @task(9) async look() {
    for (const name of NAMES) await events.request.measure("GET", name, () => this.sleep(0.02));
  }
  @task(3) async fail() {
    await events.request.measure("POST", "/orders", () => { throw new Error("<b>no</b> stock"); }).catch(() => {});
  }
  @task(1) async boom() { throw new Error("<img src=x onerror=alert(1)>"); }
}`;

const HEADINGS = [
  "Verdict",
  "Summary",
  "Charts",
  "Requests",
  "Failures",
  "Exceptions",
  "Task ratio",
  "Workers",
  "Settings",
];

const NAME_OF_FOCUSED = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText";

const folder = makeKeptFolder();
const path = (name: string) => join(folder, name);
const browser = useBrowser(skip);

before(async () => {
  if (skip !== false) return;
  writeFileSync(path("locustfile.ts"), LOCUSTFILE);
  const files = ["--html", path("run.html"), "--summary-file", path("run.json"), "--journal", path("run.ndjson")];
  const run = await runCli([
    "run",
    path("locustfile.ts"),
    "-u",
    "4",
    "-r",
    "4",
    "-t",
    "4s",
    "--warm-up",
    "2s",
    ...files,
  ]);
  assert.match(run.stdout, /Verdict/, run.stderr);
});

interface Opened extends AsyncDisposable {
  readonly page: Page;
  /** Errors, refusals of the policy, and requests that are not for the file itself. */
  readonly complaints: readonly string[];
}

async function open(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser().newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    if (!/^(?:file|data|blob):/.test(request.url())) complaints.push(request.url());
  });
  await page.goto(`file://${path("run.html")}`);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

test(
  "--html: the sections in their order, nothing refused by its policy, nothing asked of the network",
  { skip },
  async () => {
    await using opened = await open();
    const { page } = opened;
    assert.deepEqual(await page.locator("h2").allTextContents(), HEADINGS);
    assert.match(await page.title(), /^locust-ts · locustfile\.ts/);
    for (
      const name of [
        "Requests per second",
        "Response times",
        "Number of users",
        "Response time distribution",
        "Latency heat map",
      ]
    ) {
      await page.getByRole("figure", { name, exact: true }).waitFor();
      await page.getByRole("button", { name: `Show data of ${name}` }).click();
      await page.getByRole("table", { name: `${name}, data` }).waitFor();
    }
    assert.equal(await page.locator("canvas").count(), 4);
    assert.deepEqual(opened.complaints, []);
  },
);

test("--html without JavaScript shows verdict, figures and every row", { skip }, async () => {
  await using opened = await open({ javaScriptEnabled: false });
  const text = await opened.page.locator("body").innerText();
  for (
    const each of [
      ...HEADINGS,
      "Verdict: ",
      "<script>alert(1)</script>",
      "=cmd()",
      "Aggregated",
      "Over the steady part",
      "Total ratio",
    ]
  ) {
    assert.ok(text.includes(each), each);
  }
  assert.equal(await opened.page.locator("figure svg.static-plot").count(), 5);
});

test("--html: the planned share of every task, of its class and of the whole", { skip }, async () => {
  await using opened = await open();
  for (const name of ["Ratio per class", "Total ratio"]) {
    const text = await opened.page.getByRole("region", { name }).innerText();
    assert.match(text.replace(/\s+/g, " "), /Visitor (?:4 users )?100 % boom 7\.7 % fail 23 % look 69 %/);
  }
});

test("--html: the table sorts, filters and opens a row", { skip }, async () => {
  await using opened = await open();
  const { page } = opened;
  const table = page.getByRole("table", { name: "Request statistics" });
  await table.getByRole("button", { name: "# Requests" }).click();
  const header = table.getByRole("columnheader", { name: "# Requests" });
  assert.equal(await header.getAttribute("aria-sort"), "descending");
  const counts = await table.locator("tbody tr td:nth-child(3)").allTextContents();
  const numbers = counts.map((text) => Number(text.replace(/\D/g, "")));
  assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a));
  await page.getByRole("searchbox", { name: "Filter requests" }).fill("orders");
  assert.equal(await table.locator("tbody tr").count(), 1);
  assert.match(await table.locator("tfoot").innerText(), /Aggregated/);
  await table.getByRole("button", { name: "Details of POST /orders" }).click();
  await page.getByRole("region", { name: "Details of POST /orders" }).getByText("100 %", { exact: true }).waitFor();
  await page.getByRole("searchbox", { name: "Filter requests" }).fill("");
  const second = table.getByRole("button", { name: "Details of GET /cart" });
  await second.click();
  await page.getByRole("region", { name: "Details of GET /cart" }).waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("region", { name: /^Details of/ }).count(), 0);
  assert.equal(await page.evaluate(NAME_OF_FOCUSED), "Details of GET /cart");
  assert.deepEqual(opened.complaints, []);
});

test("--html: axe finds no violation in either theme, wide or narrow", { skip }, async () => {
  const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      await using opened = await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
      const { page } = opened;
      await page.locator("canvas").first().waitFor();
      await page.evaluate(axe);
      const found = await page.evaluate(
        "axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes[0].html))",
      );
      assert.deepEqual(found, [], `${colorScheme}, ${width} px`);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      assert.ok(Number(overflow) <= 0, `the page is ${overflow} px too wide at ${width} px`);
    }
  }
});

test(
  "--summary-file fits its schema and is what the page holds; report makes both again, byte for byte",
  { skip },
  async () => {
    const summary: RunSummary = JSON.parse(readFileSync(path("run.json"), "utf8"));
    const schema = JSON.parse(readFileSync(new URL("../../docs/summary.schema.json", import.meta.url), "utf8"));
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
    (addFormats.default as unknown as (ajv: Ajv2020) => void)(ajv);
    const validate = ajv.compile(schema);
    assert.ok(validate(summary), JSON.stringify(validate.errors));
    const page = readFileSync(path("run.html"), "utf8");
    const inside = /<script type="application\/json" id="summary">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
    assert.deepEqual(JSON.parse(inside), summary);
    assert.deepEqual(summary.taskRatios?.perClass["Visitor"], {
      ratio: 1,
      tasks: { boom: { ratio: 1 / 13 }, fail: { ratio: 3 / 13 }, look: { ratio: 9 / 13 } },
    });
    assert.ok(summary.steady !== null && summary.steady.total.requests < summary.total.requests);
    const parts = [.../<(?:script|style)>(.*?)<\/(?:script|style)>/gs[Symbol.matchAll](page)].map(([, part]) => part);
    assert.equal(parts.length, 2);
    assert.ok(gzipSync(parts.join("")).length < 120_000, "script and style are over 120 KB");
    assert.ok(page.length - inside.length < 400_000, `${page.length - inside.length} bytes beside the data`);
    const again = ["--html", path("again.html"), "--summary-file", path("again.json")];
    await runCli(["report", path("run.ndjson"), ...again]);
    assert.equal(readFileSync(path("again.json"), "utf8"), readFileSync(path("run.json"), "utf8"));
    assert.equal(readFileSync(path("again.html"), "utf8"), page);
  },
);

test(
  "--html on paper: drawings of the paper's width in place of canvases, in the colours of paper, no tools",
  { skip },
  async () => {
    await using opened = await open({ colorScheme: "dark", reducedMotion: "reduce" });
    const { page } = opened;
    await page.locator("canvas").nth(3).waitFor();
    await page.emulateMedia({ media: "print" });
    assert.equal(await page.locator("canvas:visible").count(), 0);
    assert.equal(await page.locator("figure svg.static-plot:visible").count(), 5);
    assert.equal(await page.locator("button:visible").filter({ hasText: /PNG|CSV|Copy|Dark mode/ }).count(), 0);
    const ground = await page.evaluate("getComputedStyle(document.querySelector('figure')).backgroundColor");
    assert.equal(ground, "rgb(255, 255, 255)");
    await page.emulateMedia({ media: "screen" });
    await page.locator("canvas:visible").nth(3).waitFor();
  },
);

test("--html: the keyboard reaches theme, tools, filter, headers and rows, in this order", { skip }, async () => {
  await using opened = await open();
  const { page } = opened;
  await page.locator("canvas").nth(3).waitFor();
  const reached: string[] = [];
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.push(String(await page.evaluate(NAME_OF_FOCUSED)));
  }
  const places = [
    "Dark mode",
    "Show data of Response times",
    "Filter requests",
    "# Requests",
    "Details of POST /orders",
  ]
    .map((name) => reached.findIndex((each) => each.startsWith(name)));
  assert.ok(!places.includes(-1), reached.join(", "));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});

test("--html refuses a path that cannot be written before the run starts", async () => {
  writeFileSync(path("locustfile.ts"), LOCUSTFILE);
  const bad = join(path("locustfile.ts"), "run.html");
  const run = await runCli(["run", path("locustfile.ts"), "-t", "1s", "--html", bad]);
  assert.equal(run.code, 2);
  assert.match(run.stderr, /Cannot write ".*run\.html".*--html/);
});
