/** Locust's own page in a real browser, driven against the executable: what its users and scripts know has to work as there. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { startDemo } from "../support/demo.ts";
import { hasLocustPage, openLocustPage } from "../support/locust_page.ts";
import { requireTool } from "../support/requirements.ts";
import { useBrowser } from "../support/use_browser.ts";
import { openWeb } from "../support/web_process.ts";

// The page comes from a registry, which cannot always be had: no failure where it is missing.
const skip = requireTool("chromium") || (hasLocustPage() ? false : "no page of Locust; run .ci/locust_page");

const browser = useBrowser(skip);

async function openPage(url: string) {
  const context = await browser().newContext({ locale: "en-US", acceptDownloads: true });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}

/** The text of the top bar under a heading: `Users` → `3`. */
function figure(page: Page, name: string) {
  return page.locator("header, body").first().getByText(name, { exact: true }).first().locator(
    "xpath=following-sibling::*[1]",
  );
}

async function start(page: Page, users: string): Promise<void> {
  await page.getByLabel("Number of users (peak concurrency)").fill(users);
  await page.getByLabel("Ramp up (users started/second)").fill("20");
  await page.getByRole("button", { name: "Start" }).click();
}

test("start, watch, charts, ratio, logs, downloads, edit, reset, stop and new", { skip }, async () => {
  const web = await openWeb(["--class-picker"]);
  await using ui = await openLocustPage(web.url);
  const { page, complaints, close } = await openPage(ui.url);
  await start(page, "3");
  await page.getByText("RUNNING").waitFor();
  await figure(page, "Users").getByText("3", { exact: true }).waitFor();
  const row = page.getByRole("row").filter({ hasText: "look" });
  await row.waitFor();
  assert.match(await row.innerText(), /^CALL\tlook\t\d+\t0\t\d+\t\d+\t\d+\t[\d.]+\t\d+\t\d+\t0\t[\d.]+\t0$/);

  await page.getByRole("tab", { name: "Charts" }).click();
  await page.locator("canvas").nth(2).waitFor(); // each of the three charts is drawn
  await page.getByRole("tab", { name: "Current Ratio" }).click();
  await page.getByText("50.0% Visitor").first().waitFor();
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByText(/All users spawned/).waitFor();

  await page.getByRole("tab", { name: "Download Data" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download failures CSV" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^Locust_\d{4}-\d\d-\d\d-\d\dh\d\d_shop\.ts.*_failures\.csv$/);
  const ours = await (await web.ask("GET", "/stats/failures/csv")).text();
  assert.equal(readFileSync(await download.path(), "utf8"), ours);

  await page.getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Number of users (peak concurrency)").fill("5");
  await page.getByRole("button", { name: "Update" }).click();
  await figure(page, "Users").getByText("5", { exact: true }).waitFor();
  const before = (await web.run()).runId;
  await page.getByRole("button", { name: "Reset" }).click();
  await web.cli.waitFor(/Statistics were reset/);
  assert.equal((await web.run()).runId, before, "an edit and a reset belong to the same run");

  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText("STOPPED").waitFor();
  await page.getByRole("button", { name: "New" }).click();
  await start(page, "2");
  await page.getByText("RUNNING").waitFor();
  await figure(page, "Users").getByText("2", { exact: true }).waitFor();
  assert.notEqual((await web.run()).runId, before);
  const failed = ui.answered.filter((line) => !/ [23]\d\d$/.test(line));
  assert.deepEqual(failed, []);
  assert.deepEqual(complaints, []);
  await close();
  await web.end();
});

test("a refused start shows our sentence; a run time ends the run and the page sees it", { skip }, async () => {
  const web = await openWeb([]);
  await using ui = await openLocustPage(web.url);
  const { page, close } = await openPage(ui.url);
  await page.getByText("Advanced options").click();
  await page.getByLabel(/^Run time/).fill("soon");
  await start(page, "1");
  await page.getByText("Valid run_time formats are").waitFor();
  await page.getByLabel(/^Run time/).fill("3s");
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByText("RUNNING").waitFor();
  await page.getByText("STOPPED").waitFor();
  await close();
  await web.end();
});

test("a tab and a download of the locustfile, from examples/web_ui.ts", { skip }, async () => {
  await using demo = await startDemo({ latency: { kind: "fixed", ms: 2 }, errorRate: 0 });
  const web = await openWeb(["-H", demo.url], { locustfile: readFileSync("examples/web_ui.ts", "utf8") });
  await using ui = await openLocustPage(web.url);
  const { page, close } = await openPage(ui.url);
  await start(page, "2");
  await page.getByRole("tab", { name: "Content Length" }).click();
  await page.getByRole("row").filter({ hasText: "/items/[id]" }).waitFor();
  await page.getByRole("tab", { name: "Download Data" }).click();
  await page.getByRole("link", { name: "Download content length CSV" }).waitFor();
  await close();
  await web.end();
});

test("the workers of a master", { skip }, async () => {
  const web = await openWeb(["--workers", "1", "--master-bind-port", "0", "--journal", "none"]);
  await using ui = await openLocustPage(web.url);
  const { page, close } = await openPage(ui.url);
  await figure(page, "Workers").getByText("1", { exact: true }).waitFor();
  await start(page, "2");
  await page.getByText("RUNNING").waitFor();
  await page.getByRole("tab", { name: "Workers" }).click();
  await page.getByRole("row").filter({ hasText: /running\s*2/ }).waitFor();
  await close();
  await web.end();
});
