/** The live page for eyes and screens that are not the usual ones: the system's own colours, and windows as narrow as they come. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { FakeWebServer } from "../support/fake_web_server.ts";
import { requireTool } from "../support/requirements.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

async function openPage(url: string, options: BrowserContextOptions): Promise<Page> {
  const page = await (await browser().newContext({ locale: "en-US", ...options })).newPage();
  await page.goto(url);
  await page.getByRole("status", { name: "Run state" }).waitFor();
  return page;
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`forced colours, ${colorScheme}: charts have lines, one tab is the open one, and the state has its shape`, {
    skip,
  }, async () => {
    await using server = await FakeWebServer.open({ names: [["GET", "/items"]] });
    server.start({ users: 20, spawnRate: 5 });
    server.jump(60);
    const page = await openPage(`${server.url}?tab=charts`, { colorScheme, forcedColors: "active" });
    const chart = page.getByRole("figure", { name: "Response times" });
    await chart.locator("canvas").waitFor();
    const colours = () =>
      chart.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) as ImageData;
        return new Set(new Uint32Array(data.buffer)).size;
      });
    for (let i = 0; i < 50 && await colours() < 20; i++) await page.waitForTimeout(50);
    assert.ok(await colours() >= 20, `${await colours()} colours: grid, texts and three lines have more`);
    const edges = await page.getByRole("tab").evaluateAll((tabs) =>
      tabs.map((tab) => getComputedStyle(tab).borderBottomColor)
    );
    const open = await page.getByRole("tab", { selected: true }).evaluate((tab) =>
      getComputedStyle(tab).borderBottomColor
    );
    assert.equal(edges.filter((edge) => edge === open).length, 1);
    const mark = page.locator(".state-mark");
    const [ink, ground] = await mark.evaluate((each) => [
      getComputedStyle(each).backgroundColor,
      getComputedStyle(document.body).backgroundColor,
    ]);
    assert.notEqual(ink, ground);
    await page.context().close();
  });
}

test("at 320 px a long host ends before the buttons beside it", { skip }, async () => {
  await using server = await FakeWebServer.open({ names: [["GET", "/items"]] });
  server.start({ users: 20, spawnRate: 5, host: "https://shop.staging.internal.example.com:8443/a/long/path" });
  server.jump(5);
  const page = await openPage(server.url, { viewport: { width: 320, height: 640 } });
  const host = await page.getByText("https://shop.staging").boundingBox();
  const button = await page.getByRole("button", { name: "Dark mode" }).boundingBox();
  const title = await page.getByRole("heading", { name: "shop.ts" }).boundingBox();
  assert.ok(host !== null && button !== null && title !== null);
  assert.ok(host.x + host.width <= button.x, `${host.x + host.width} <= ${button.x}`);
  assert.ok(title.height < 30, "the name of the file stands on one line");
  await page.context().close();
});
