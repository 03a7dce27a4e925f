/**
 * `npm run screenshots`: takes the pictures of the web UI in `docs/images`, from the executable with `examples/shop.ts` against the
 * demo shop, in headless Chromium. Needs `npm run build` and Chromium; `CHROMIUM` names another one than `/usr/bin/chromium`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { chromium, type Page } from "playwright-core";
import { freePort } from "./bench/free_port.ts";
import { EXECUTABLE } from "./executable.ts";

const FOLDER = "docs/images";
const RUN_SECONDS = 45;

const [shop, web] = [await freePort(), await freePort()];
const children: ChildProcess[] = [];
const start = (...args: string[]) => children.push(spawn(EXECUTABLE, args, { stdio: "ignore" }));
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  await mkdir(FOLDER, { recursive: true });
  start("demo", "--port", String(shop));
  start(
    "run",
    "examples/shop.ts",
    "--web",
    "--web-port",
    String(web),
    "-H",
    `http://localhost:${shop}`,
    "--threshold",
    "p95<150ms",
  );
  await reach(`http://localhost:${web}/healthz`);
  const page = await open("light", 1280, 760);
  await page.getByRole("textbox", { name: "Number of users (peak concurrency)" }).fill("60");
  await page.getByRole("textbox", { name: "Ramp up (users started/second)" }).fill("5");
  await page.screenshot({ path: `${FOLDER}/web-start.png` });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.waitForTimeout(RUN_SECONDS * 1000);
  await page.getByRole("button", { name: "Details of POST /orders" }).click();
  await page.waitForTimeout(3000);
  await page.screenshot({ path: `${FOLDER}/web-statistics.png` });
  const charts = await open("dark", 1280, 800, "?tab=charts");
  await charts.waitForTimeout(3000);
  await charts.screenshot({ path: `${FOLDER}/web-charts.png` });
  const phone = await open("dark", 360, 640);
  await phone.waitForTimeout(1500);
  await phone.screenshot({ path: `${FOLDER}/web-phone.png` });
} finally {
  await browser.close();
  for (const child of children) child.kill();
}

async function open(colorScheme: "light" | "dark", width: number, height: number, query = ""): Promise<Page> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height }, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(`http://localhost:${web}/${query}`);
  return page;
}

/** Resolves when the server answers. */
async function reach(url: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(url).then(({ ok }) => ok, () => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Cannot take pictures: ${url} does not answer`);
}
