/** The live page in a real browser, against a scripted server: start, watch, edit, stop, new; what it survives; what it looks like. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { FakeWebServer } from "../support/fake_web_server.ts";
import { requireTool } from "../support/requirements.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");

const NAMES: readonly (readonly [string, string])[] = [
  ["GET", "/items"],
  ["POST", "/orders"],
  ["GET", "<script>alert(1)</script>"],
  ["GET", "/a/name/that/is/longer/than/most/names/that/people/write/for/a/request/of/theirs"],
];

const TABS = [
  "stats",
  "charts",
  "failures",
  "exceptions",
  "ratios",
  "thresholds",
  "reports",
  "logViewer",
  "workers",
  "compare",
];

const browser = useBrowser(skip);

interface Opened extends AsyncDisposable {
  readonly page: Page;
  readonly complaints: readonly string[];
}

async function open(
  server: FakeWebServer,
  query = "",
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await browser().newContext({ locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  await page.goto(server.url + query);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

function openRunning(options: Partial<Parameters<typeof FakeWebServer.open>[0]> = {}): Promise<FakeWebServer> {
  return FakeWebServer.open({ names: NAMES, ...options }).then((server) => {
    server.start({ users: 20, spawnRate: 5, host: "http://system", runTime: "600s" });
    server.jump(30);
    return server;
  });
}

test("live page: start, watch, edit, stop, new", { skip }, async () => {
  await using server = await FakeWebServer.open({ names: NAMES });
  await using opened = await open(server);
  const { page } = opened;
  const form = page.getByRole("form", { name: "Start a test" });
  const users = form.getByRole("textbox", { name: "Number of users (peak concurrency)" });
  await users.fill("none");
  await form.getByRole("button", { name: "Start" }).click();
  assert.equal(await users.getAttribute("aria-invalid"), "true");
  assert.equal(server.received.length, 0);
  await users.fill("20");
  assert.match(await form.getByRole("textbox", { name: "Command line" }).inputValue(), /--users 20 /);
  await form.getByRole("img", { name: "Ramp preview" }).waitFor();
  await form.getByRole("button", { name: "Check host" }).click();
  await form.getByText("Answers with 200").waitFor();
  await users.press("Enter");
  const state = page.getByRole("status", { name: "Run state" });
  await state.getByText("Spawning").waitFor();
  assert.deepEqual(server.received.find(({ path }) => path === "/api/v1/run")?.body, {
    users: 20,
    spawnRate: 10,
    host: "http://127.0.0.1:8000",
    runTime: "",
    profile: null,
  });
  for (let i = 0; i < 4; i++) server.tick();
  await state.getByText("Running").waitFor();
  const table = page.getByRole("table", { name: "Request statistics" });
  await table.getByText("<script>alert(1)</script>").waitFor();
  assert.match(await table.locator("tfoot").innerText(), /Aggregated/);
  assert.match(await page.title(), /^Running · .*\/s · shop\.ts$/);

  await page.keyboard.press("e");
  const dialog = page.getByRole("dialog", { name: "Edit running load test" });
  await dialog.getByRole("textbox", { name: "Number of users (peak concurrency)" }).fill("40");
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.waitFor({ state: "detached" });
  server.tick();
  await page.locator(".figure-users").getByText("of 40").waitFor();

  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Cancel" }).click();
  assert.ok(!server.received.some(({ path }) => path.endsWith("/reset")));
  await page.getByRole("button", { name: "Stop" }).click();
  await state.getByText("waiting for 3 users to finish, at most 8 s").waitFor();
  server.setState("stopped", { stopReason: { kind: "requested", sentence: "Stopped on request" } });
  await state.getByText("Stopped", { exact: true }).waitFor();
  await page.locator(".figure-users").getByText("at the peak").waitFor();
  await page.getByRole("button", { name: "New" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
  await state.getByText("Spawning").waitFor();
  assert.equal(await table.locator("tbody tr[aria-rowindex]").count(), 0, "rows of the run before");
  assert.deepEqual(opened.complaints, []);
});

test("live page: a row opens beside the table, sorts, filters; Back goes to the tab before; a reload keeps all", {
  skip,
}, async () => {
  await using server = await openRunning();
  await using opened = await open(server);
  const { page } = opened;
  const table = page.getByRole("table", { name: "Request statistics" });
  await table.getByRole("button", { name: "# Requests" }).click();
  assert.equal(await table.getByRole("columnheader", { name: "# Requests" }).getAttribute("aria-sort"), "descending");
  await page.getByRole("searchbox", { name: "Filter requests" }).fill("orders");
  assert.equal(await table.locator("tbody tr").count(), 1);
  const opener = table.getByRole("button", { name: "Details of POST /orders" });
  await opener.click();
  const region = page.getByRole("region", { name: "Details of POST /orders" });
  await region.getByRole("figure", { name: "Response times of POST /orders" }).waitFor();
  await page.keyboard.press("Escape");
  await region.waitFor({ state: "detached" });
  assert.ok(await opener.evaluate((element) => element === element.ownerDocument.activeElement));
  await page.getByRole("tab", { name: "Charts" }).click();
  assert.match(page.url(), /tab=charts/);
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
  }
  await page.getByRole("button", { name: "Show data of Response times", exact: true }).click();
  const data = page.getByRole("table", { name: "Response times, data" });
  assert.equal(await data.locator("tbody tr").count(), 30);
  await page.goBack();
  await table.waitFor();
  await page.goForward();
  await page.reload();
  await page.getByRole("button", { name: "Show data of Number of users" }).click();
  assert.equal(await page.getByRole("table", { name: "Number of users, data" }).locator("tbody tr").count(), 30);
  server.tick();
  await page.getByRole("table", { name: "Number of users, data" }).locator("tbody tr").nth(30).waitFor();
  assert.deepEqual(opened.complaints, []);
});

test(
  "live page: a killed server is an alert that goes away by itself; an ended session leads to the login",
  { skip },
  async () => {
    const first = await openRunning();
    await using opened = await open(first);
    const { page } = opened;
    const alert = page.getByRole("alert").filter({ hasText: "Connection lost" });
    await page.getByRole("table", { name: "Request statistics" }).waitFor();
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await alert.waitFor();
    await using second = await openRunning({ port, firstId: 5000 });
    await alert.waitFor({ state: "detached" });
    second.tick();
    await page.getByText("0:31").waitFor();
    second.isLoggedOut = true;
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("heading", { name: "Log in" }).waitFor();
    assert.match(page.url(), /\/login\?next=%2F/);
  },
);

test("live page: a spectator sees everything and has no button that steers", { skip }, async () => {
  await using server = await openRunning({ role: "spectator" });
  await using opened = await open(server);
  await opened.page.getByRole("button", { name: /^Verdict: degraded/ }).waitFor();
  for (const name of ["Edit", "Stop", "New", "Reset", "Start"]) {
    assert.equal(await opened.page.getByRole("button", { name, exact: true }).count(), 0, name);
  }
});

test(
  "live page: 2,000 rows are virtual, the sum stays in the document, the last row can be reached",
  { skip },
  async () => {
    const names = Array.from({ length: 2000 }, (_, i) => ["GET", `/row/${String(i).padStart(4, "0")}`] as const);
    await using server = await openRunning({ names });
    await using opened = await open(server);
    const { page } = opened;
    const table = page.getByRole("table", { name: "Request statistics" });
    await table.getByText("/row/0000").waitFor();
    assert.ok(await table.locator("tbody tr").count() < 100);
    assert.match(await table.locator("tfoot").innerText(), /Aggregated/);
    await page.locator(".rows").evaluate((box) => box.scrollTop = box.scrollHeight);
    await table.getByText("/row/1999").waitFor();
    await page.getByRole("searchbox", { name: "Filter requests" }).fill("row/1234");
    await table.getByText("/row/1234").waitFor();
    assert.equal(await table.locator("tbody tr").count(), 1);
  },
);

test("live page: a column of the locustfile sorts, hides, and has its values as text", { skip }, async () => {
  await using server = await openRunning({
    form: { columns: [{ key: "bytes", title: "Bytes sent" }, { key: "owner", title: "Owner" }] },
    extra: {
      bytes: [{ name: "GET /items", value: 12 }, { name: "POST /orders", value: 3456 }, {
        name: "Aggregated",
        value: 9,
      }],
      owner: [{ name: "GET /items", value: "<b>team</b>" }],
    },
  });
  await using opened = await open(server);
  const table = opened.page.getByRole("table", { name: "Request statistics" });
  await table.getByRole("button", { name: "Bytes sent" }).click();
  const first = table.locator("tbody tr[aria-rowindex]").first();
  assert.match(await first.innerText(), /\/orders[\s\S]*3,456/);
  assert.match(await table.locator("tfoot").innerText(), /Aggregated[\s\S]*9/);
  await table.getByText("<b>team</b>").waitFor();
  await opened.page.getByRole("button", { name: "Columns" }).click();
  await opened.page.getByRole("checkbox", { name: "Bytes sent" }).uncheck();
  assert.equal(await table.getByRole("columnheader", { name: "Bytes sent" }).count(), 0);
  assert.match(opened.page.url(), /hide=[^&]*Bytes/);
  await opened.page.reload();
  await table.getByText("<b>team</b>").waitFor();
  assert.equal(await table.getByRole("columnheader", { name: "Bytes sent" }).count(), 0, "after a reload");
  assert.deepEqual(opened.complaints, []);
});

test(
  "live page: on a phone the open tab is in sight; a worker has a short name and its whole id",
  { skip },
  async () => {
    await using server = await openRunning();
    const viewport = { width: 360, height: 640 };
    await using opened = await open(server, "?tab=workers", { viewport });
    const tab = opened.page.getByRole("tab", { name: "Workers" });
    await tab.waitFor();
    const isInSight = (box: { x: number; width: number } | null) =>
      box !== null && box.x >= 0 && box.x + box.width <= viewport.width;
    while (!isInSight(await tab.boundingBox())) await opened.page.waitForTimeout(50);
    const row = opened.page.getByRole("rowheader", { name: /^load1_4f2a/ });
    assert.equal(await row.textContent(), await row.getAttribute("title"));
  },
);

test("live page: workers and exceptions sort by their headers", { skip }, async () => {
  await using server = await openRunning();
  await using opened = await open(server, "?tab=workers");
  const { page } = opened;
  const workers = page.getByRole("table", { name: "Workers" });
  const first = () => workers.locator("tbody tr").first().innerText();
  await workers.getByRole("button", { name: "Worker" }).click();
  assert.match(await first(), /^load1/);
  await workers.getByRole("button", { name: "Worker" }).click();
  assert.match(await first(), /^load2/);
  assert.equal(await workers.getByRole("columnheader", { name: "Worker" }).getAttribute("aria-sort"), "descending");
  await page.getByRole("tab", { name: "Exceptions" }).click();
  const exceptions = page.getByRole("table", { name: "Exceptions" });
  await exceptions.getByRole("button", { name: "# Occurrences" }).click();
  assert.match(await exceptions.getByRole("columnheader").first().innerText(), /# Occurrences\s*↓/);
});

test("live page: About names version, runtime and licence, and leads to the licences", { skip }, async () => {
  await using server = await openRunning();
  await using opened = await open(server);
  await opened.page.getByRole("button", { name: "About" }).click();
  const dialog = opened.page.getByRole("dialog", { name: "About locust-ts" });
  assert.match(await dialog.innerText(), /0\.1\.0[\s\S]*Bun 1\.4\.5[\s\S]*MIT/);
  assert.equal(await dialog.getByRole("link", { name: "Licences" }).getAttribute("href"), "licenses");
});

test(
  "live page: axe finds no violation on any screen, in either theme, and nothing is too wide at 360 px",
  { skip },
  async () => {
    const axe = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
    await using ready = await FakeWebServer.open({ names: NAMES });
    await using running = await openRunning();
    running.log({ level: "ERROR", text: "something <b>bad</b>" });
    for (const colorScheme of ["light", "dark"] as const) {
      for (const width of [1280, 360]) {
        await using start = await open(ready, "", { colorScheme, viewport: { width, height: 800 } });
        await start.page.getByRole("form", { name: "Start a test" }).waitFor();
        await audit(start.page, axe, `start, ${colorScheme}, ${width} px`);
        await using opened = await open(running, "", { colorScheme, viewport: { width, height: 800 } });
        const { page } = opened;
        await page.getByRole("tablist").waitFor();
        for (const tab of TABS) {
          await page.locator(`#tab-${tab}`).click();
          await page.waitForTimeout(150);
          await audit(page, axe, `${tab}, ${colorScheme}, ${width} px`);
        }
        await page.locator("#tab-stats").click();
        await page.getByRole("button", { name: "Details of POST /orders" }).click();
        await page.getByRole("figure").first().waitFor();
        await audit(page, axe, `details, ${colorScheme}, ${width} px`);
        for (const button of [/^Verdict/, /^Help/, /^About/, /^Edit/, /^Reset/]) {
          await page.getByRole("button", { name: button }).first().click();
          await audit(page, axe, `${button}, ${colorScheme}, ${width} px`);
          await page.keyboard.press("Escape");
        }
      }
    }
  },
);

async function audit(page: Page, axe: string, where: string): Promise<void> {
  if (await page.evaluate("typeof axe") === "undefined") await page.evaluate(axe);
  const found = await page.evaluate(
    "axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).join(' | ')))",
  );
  assert.deepEqual(found, [], where);
  const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
  assert.ok(Number(overflow) <= 0, `${where}: ${overflow} px too wide`);
}
