/**
 * Measures what the live page costs the browser: size of script and style, first paint, and CPU and memory (PSS) of the page's renderer process
 * with 2,000 rows and ten hours of history at one tick a second, and how long a sort and a filter take. Headless Chromium on Linux.
 *
 *     bun scripts/bench/web.ts [seconds]
 */
import { readdirSync, readFileSync } from "node:fs";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { chromium, type Page } from "playwright-core";
import { FakeWebServer } from "../../tests/support/fake_web_server.ts";
import { APP_SCRIPT, APP_STYLE, buildWebPage } from "../web_page.ts";

const ROWS = 2000;
const HISTORY_SECONDS = 36_000;
/** Of the kernel's clock, in /proc. */
const CLOCK_TICKS_PER_SECOND = 100;

/** From the event to the next frame that shows its effect, on the page's own clock. */
const timed = (page: Page, act: string) =>
  page.evaluate<number>(
    `new Promise((done) => { const from = performance.now(); ${act}; requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - from))); })`,
  );
const ACTIONS: readonly (readonly [what: string, act: (page: Page) => Promise<number>])[] = [
  ["sort of all rows, two frames", (page) => timed(page, "document.querySelectorAll('.sort')[2].click()")],
  [
    "filter of all rows, two frames",
    (page) =>
      timed(
        page,
        "const i = document.querySelector('input[type=search]'); i.value = '77'; i.dispatchEvent(new Event('input', { bubbles: true }))",
      ),
  ],
];

const seconds = Number(process.argv[2] ?? 30);
buildWebPage(process.cwd());
const size = [APP_SCRIPT, APP_STYLE].reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
console.log(`script and styles: ${(size / 1000).toFixed(1)} KB gzip`);
const names = Array.from({ length: ROWS }, (_, i) => ["GET", `/resource/${i}/of/the/system`] as const);
await using server = await FakeWebServer.open({ names });
server.start({ users: 100, spawnRate: 10, host: "http://system" });
server.jump(HISTORY_SECONDS);
const browser = await chromium.launch({
  executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(server.url);
  await page.getByRole("table", { name: "Request statistics" }).waitFor();
  const paint = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0");
  console.log(`first paint: ${Number(paint).toFixed(0)} ms`);
  await measure(page, "Statistics");
  for (const [what, act] of ACTIONS) console.log(`${what}: ${(await act(page)).toFixed(0)} ms`);
  await page.getByRole("tab", { name: "Charts" }).click();
  await measure(page, "Charts");
} finally {
  await browser.close();
}

async function measure(page: Page, tab: string): Promise<void> {
  await page.waitForTimeout(3000);
  const pid = findRenderer();
  const before = cpuSeconds(pid);
  for (let i = 0; i < seconds; i++) {
    server.tick();
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  const share = 100 * (cpuSeconds(pid) - before) / seconds;
  console.log(`${tab}: ${share.toFixed(1)} % of a core, ${(pssBytes(pid) / 1e6).toFixed(0)} MB`);
}

/** The renderer with the most CPU time: the one that shows the page. */
function findRenderer(): number {
  const renderers = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
    } catch {
      return false; // it has ended meanwhile
    }
  });
  const [first] = renderers.sort((a, b) => cpuSeconds(b) - cpuSeconds(a));
  if (first === undefined) throw new Error("Cannot measure: there is no renderer process");
  return first;
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

function pssBytes(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]) * 1024;
}
