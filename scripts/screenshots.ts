/**
 * `npm run screenshots -- [web] [terminal]`: takes the pictures in `docs/images`, of the web UI and of a run in a terminal, both if none
 * is named: from the executable with `examples/shop.ts` against the demo shop, drawn by headless Chromium. Needs `npm run build` and
 * Chromium; `CHROMIUM` names another one than `/usr/bin/chromium`. On a busy machine the figures in the pictures are bad.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import process from "node:process";
import { chromium, type Page } from "playwright-core";
import { freePort } from "./bench/free_port.ts";
import { EXECUTABLE } from "./executable.ts";
import { runOnTerminal } from "./screenshots/run_on_terminal.ts";
import { formatTerminalPage } from "./screenshots/terminal_page.ts";
import { TerminalScreen } from "./screenshots/terminal_screen.ts";

const FOLDER = "docs/images";
const RUN_SECONDS = 45;

const TERMINAL = { columns: 104, rows: 30 };
const TERMINAL_SECONDS = 20;

const [shop, web] = [await freePort(), await freePort()];
const host = `http://localhost:${shop}`;
const wanted = process.argv.slice(2);
const children: ChildProcess[] = [];
const start = (...args: string[]) => children.push(spawn(EXECUTABLE, args, { stdio: "ignore" }));
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  await mkdir(FOLDER, { recursive: true });
  start("demo", "--port", String(shop));
  await reach(`${host}/health`);
  if (wanted.length === 0 || wanted.includes("terminal")) await takeTerminal();
  if (wanted.length === 0 || wanted.includes("web")) await takeWebUi();
} finally {
  await browser.close();
  for (const child of children) child.kill();
}

/** The live view of a run, as it is on the screen at that second. */
async function takeTerminal(): Promise<void> {
  const args = ["run", "examples/shop.ts", "-H", host, "-u", "50", "-r", "10", "-t", "30s"];
  const run = runOnTerminal([EXECUTABLE, ...args], TERMINAL, process.env);
  await new Promise((resolve) => setTimeout(resolve, TERMINAL_SECONDS * 1000));
  const text = run.text();
  await run.stop();
  const screen = new TerminalScreen();
  screen.write(`\x1b[32m$\x1b[0m locust-ts ${args.join(" ")}\r\n`);
  screen.write(text);
  const context = await browser.newContext({ deviceScaleFactor: 2 });
  const page = await context.newPage();
  await page.setContent(formatTerminalPage(screen.lines()));
  await page.locator("pre").screenshot({ path: `${FOLDER}/terminal.png`, omitBackground: true });
}

async function takeWebUi(): Promise<void> {
  start("run", "examples/shop.ts", "--web", "--web-port", String(web), "-H", host, "--threshold", "p95<150ms");
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
