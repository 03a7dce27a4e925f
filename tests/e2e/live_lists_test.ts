/** What people's names and texts do to the live page, and to a report: long ones, empty ones, many of them; and the page behind a proxy. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { FakeWebServer } from "../support/fake_web_server.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

const LONG_NAME = `/report/${"of-a-year/".repeat(40)}`;

async function openPage(url: string, width = 1280): Promise<Page> {
  const context = await browser().newContext({ locale: "en-US", viewport: { width, height: 800 } });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Every fifth row fails. */
async function openFailing(names: readonly (readonly [string, string])[]): Promise<FakeWebServer> {
  const server = await FakeWebServer.open({ names });
  server.start({ users: 20, spawnRate: 5, host: "http://system", runTime: "600s" });
  server.jump(30);
  return server;
}

test("failures: sorted by the headers, filtered by their text too, and long texts are cut until all is asked for", {
  skip,
}, async () => {
  const names = Array.from({ length: 30 }, (_, i) => ["GET", i === 6 ? LONG_NAME : `/row/${i}`] as const);
  await using server = await openFailing(names);
  server.failWith(`${"It did not work, for many reasons. ".repeat(30)}\nsecond line`);
  const page = await openPage(`${server.url}?tab=failures`);
  const table = page.getByRole("table", { name: "Failures" });
  const rows = table.locator("tbody tr");
  assert.equal(await rows.count(), 6);
  const counts = async () =>
    (await rows.locator("td:first-child").allInnerTexts()).map((text) => Number(text.replace(",", "")));
  const sort = table.getByRole("button", { name: "# Failures" });
  await sort.click();
  const falling = await counts();
  assert.deepEqual(falling, falling.toSorted((a, b) => b - a));
  await sort.click();
  assert.deepEqual(await counts(), falling.toReversed());
  assert.equal(await table.getByRole("columnheader", { name: "# Failures" }).getAttribute("aria-sort"), "ascending");
  const filter = page.getByRole("searchbox", { name: "Filter failures" });
  await filter.fill("SECOND line");
  assert.equal(await rows.count(), 6);
  await filter.fill("row/11");
  assert.equal(await rows.count(), 1);
  const heightBefore = (await rows.first().boundingBox())?.height ?? 0;
  assert.ok(heightBefore < 120, `${heightBefore} px`);
  const whole = rows.getByRole("button", { name: /^Show all of the failure/ });
  assert.equal(await whole.innerText(), "Show all", "its name begins with what is seen (WCAG 2.5.3)");
  await whole.click();
  assert.ok(((await rows.first().boundingBox())?.height ?? 0) > heightBefore);
  server.tick();
  await page.getByText("0:31").waitFor();
  assert.ok(((await rows.first().boundingBox())?.height ?? 0) > heightBefore, "it stays open while the run goes on");
});

test("details of a row: a long name leaves its figures and Close in sight", { skip }, async () => {
  await using server = await openFailing([["GET", "/items"], ["POST", LONG_NAME], ["GET", ""]]);
  for (const width of [1280, 400]) {
    const page = await openPage(server.url, width);
    await page.getByRole("button", { name: "(no name)" }).or(page.getByText("(no name)")).first().waitFor();
    await page.getByRole("button", { name: /^Details of POST \/report/ }).click();
    const region = page.getByRole("region", { name: /^Details of POST \/report/ });
    const heading = region.getByRole("heading").first();
    const close = region.getByRole("button", { name: "Close" });
    const [top, low, button] = [await region.boundingBox(), await heading.boundingBox(), await close.boundingBox()];
    assert.ok(top !== null && low !== null && button !== null);
    assert.ok(low.height < 100, `a heading of ${low.height} px at ${width}`);
    assert.ok(button.y - top.y < 40, `Close stands ${button.y - top.y} px below the upper edge at ${width}`);
    await region.getByRole("button", { name: "Whole name" }).click();
    assert.ok(((await heading.boundingBox())?.height ?? 0) > low.height);
  }
});

test("on a phone the open tab stays in sight when tabs before it get their numbers", { skip }, async () => {
  await using server = await openFailing([["GET", "/items"], ["POST", "/orders"]]);
  const page = await openPage(`${server.url}?tab=workers`, 400);
  const tab = page.getByRole("tab", { name: "Workers" });
  await tab.waitFor();
  for (let i = 0; i < 3; i++) server.log({ level: "ERROR", text: "it broke" });
  server.tick();
  await page.locator("#tab-logViewer .tab-count").waitFor();
  await page.waitForFunction(() => {
    const box = document.querySelector("#tab-workers")?.getBoundingClientRect();
    return box !== undefined && box.left >= 0 && box.right <= innerWidth;
  });
});

test("the choice of columns says what a narrow screen shows of it", { skip }, async () => {
  await using server = await openFailing([["GET", "/items"]]);
  for (const [width, isSaid] of [[400, true], [1280, false]] as const) {
    const page = await openPage(server.url, width);
    await page.getByRole("button", { name: "Columns" }).click();
    assert.equal(await page.getByText("A narrow screen shows the most important columns").isVisible(), isSaid);
  }
});

test("a proxy that serves the page below a path, asked without the slash at its end", { skip }, async () => {
  await using server = await openFailing([["GET", "/items"]]);
  const inner = new URL(server.url);
  const proxy = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "";
    if (!path.startsWith("/team/load")) return void outgoing.writeHead(404).end();
    const rest = path.slice("/team/load".length);
    const to = { host: inner.hostname, port: inner.port, method: incoming.method, headers: incoming.headers };
    const passed = ask({ ...to, path: rest.startsWith("/") ? rest : `/${rest}` }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    outgoing.on("close", () => passed.destroy());
    passed.on("error", () => outgoing.destroy());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const page = await openPage(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/team/load?tab=stats`);
  await page.getByRole("table", { name: "Request statistics" }).getByText("/items").waitFor();
  assert.match(page.url(), /\/team\/load\/\?tab=stats$/);
  await page.context().close();
  proxy.closeAllConnections();
  proxy.close();
});

test("start form: a shape that reads users, ramp up and run time leaves their fields open; another one closes them", {
  skip,
}, async () => {
  const visitor = { name: "Visitor", host: null, weight: 1, fixedCount: 0, tasks: [], isSelected: true, settings: {} };
  const shapes = { shapes: ["Peaks", "Waves"], askingShapes: ["Waves"], shape: "Peaks" };
  const form = { hasClassPicker: true, userClasses: [visitor], ...shapes };
  await using server = await FakeWebServer.open({ names: [["GET", "/items"]], form });
  const page = await openPage(server.url);
  await page.getByText("Advanced options").click();
  const users = page.getByRole("textbox", { name: "Number of users (peak concurrency)" });
  const runTime = page.getByRole("textbox", { name: "Run time" });
  assert.deepEqual([await users.isDisabled(), await runTime.isDisabled()], [true, true]);
  await page.getByRole("combobox", { name: "Shape Class" }).selectOption("Waves");
  await users.fill("33");
  await runTime.fill("4m");
  const line = await page.getByRole("textbox", { name: "Command line" }).inputValue();
  assert.match(line, /--users 33 --spawn-rate \d+ --shape Waves --run-time 4m/);
  await page.getByRole("button", { name: "Start" }).click();
  await page.getByRole("status", { name: "Run state" }).getByText("Spawning").waitFor();
  const sent = server.received.find(({ path }) => path === "/api/v1/run")?.body as Record<string, unknown>;
  assert.deepEqual([sent["users"], sent["shape"], sent["runTime"]], [33, "Waves", "4m"]);
});

const MANY = `import { events, task, User } from "locust-ts";
export class Visitor extends User {
  @task async look() {
    for (let i = 0; i < 400; i++) {
      await events.request.measure("GET", "/row/" + i, () => {
        if (i % 3 === 0) throw new Error("no " + i);
      }).catch(() => {});
    }
    await this.sleep(0.2);
  }
}`;

test("report of hundreds of rows: they scroll in a box, and all of them are there for print and search", {
  skip,
}, async () => {
  const cwd = writeFiles({ "many.ts": MANY });
  const run = await runCli(["run", "many.ts", "-t", "2s", "--html", "run.html"], { cwd });
  assert.match(run.stdout, /Verdict/, run.stderr);
  assert.match(readFileSync(join(cwd, "run.html"), "utf8"), /\/row\/399/);
  const page = await openPage(`file://${join(cwd, "run.html")}`);
  const height = async () => Number(await page.evaluate("document.documentElement.scrollHeight"));
  assert.ok(await height() < 7000, `${await height()} px`);
  assert.equal(await page.getByRole("table", { name: "Request statistics" }).locator("tbody tr").count(), 400);
  const failures = page.getByRole("table", { name: "Failures" });
  await failures.getByRole("button", { name: "Name" }).click();
  assert.match(await failures.locator("tbody tr").first().innerText(), /\/row\/0\s/);
  await page.emulateMedia({ media: "print" });
  assert.ok(await height() > 8000, `${await height()} px in print`);
});
