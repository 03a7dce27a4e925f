/** The web UI of the executable in a real browser: start, watch, edit, stop, new; a login; names that look like markup. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");

const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  waitTime = constant(0.02);
  @task async look() {
    await events.request.measure("CALL", "<img src=x onerror=alert(1)>", () => this.sleep(0.005));
  }
}
`;

const browser = useBrowser(skip);

async function open(args: readonly string[]) {
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0", ...args], { cwd: writeFiles({ "shop.ts": LOCUSTFILE }) });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
  const context = await browser().newContext({ locale: "en-US" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => complaints.push(dialog.message()));
  await page.goto(url);
  return { page, cli, complaints, close: () => context.close() };
}

test("--web in a browser: start, watch, edit, reload, stop, new", { skip }, async () => {
  const { page, cli, complaints, close } = await open([]);
  const state = page.getByRole("status", { name: "Run state" });
  await page.getByRole("textbox", { name: "Number of users (peak concurrency)" }).fill("4");
  await page.getByRole("textbox", { name: "Ramp up (users started/second)" }).fill("4");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await state.getByText("Running").waitFor();
  const table = page.getByRole("table", { name: "Request statistics" });
  await table.getByText("<img src=x onerror=alert(1)>").waitFor();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit running load test" });
  await dialog.getByRole("textbox", { name: "Number of users (peak concurrency)" }).fill("6");
  await dialog.getByRole("button", { name: "Update" }).click();
  await page.locator(".figure-users .value").getByText("6", { exact: true }).waitFor();
  await page.reload();
  await table.getByText("<img src=x onerror=alert(1)>").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await state.getByText("Stopped", { exact: true }).waitFor();
  await page.locator(".figure-users").getByText("at the peak").waitFor();
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Start" }).click();
  await state.getByText("Running").waitFor();
  assert.deepEqual(complaints, []);
  await close();
  cli.child.kill("SIGINT");
  await cli.ended;
});

test("--web in a browser: arrivals from the form, another rate with Edit, and no page wider than its window", {
  skip,
}, async () => {
  const { page, cli, complaints, close } = await open([]);
  const state = page.getByRole("status", { name: "Run state" });
  await page.getByRole("radio", { name: "Arrivals per second" }).check();
  await page.getByRole("textbox", { name: "Arrival rate of the whole test" }).fill("20/s");
  await page.getByText("Starts arrivals at 20/s, however fast the system answers.").last().waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await state.getByText("Running").waitFor();
  await page.locator(".figure-arrivals").getByText(/of [\d.]+\/s/).waitFor();
  await page.getByRole("button", { name: "Edit", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Edit running load test" });
  const rate = dialog.getByRole("textbox", { name: "Arrival rate of the whole test" });
  assert.equal(await rate.inputValue(), "20/s");
  await rate.fill("60/s");
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.waitFor({ state: "detached" });
  await page.getByRole("tab", { name: "Charts" }).click();
  await page.getByText("arrivals 60/s").first().waitFor();
  await page.getByRole("figure", { name: "Arrivals per second" }).getByText("60", { exact: true }).first().waitFor();
  for (const width of [1340, 1281, 1280, 1200, 1024, 400]) {
    await page.setViewportSize({ width, height: 800 });
    const overflow = async () => Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
    // Charts follow their window in one of the next frames.
    for (let looks = 0; await overflow() > 0 && looks < 100; looks++) await page.waitForTimeout(50);
    assert.ok(await overflow() <= 0, `${width} px: ${await overflow()} px too wide`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await state.getByText("Stopped", { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
  await close();
  cli.child.kill("SIGINT");
  await cli.ended;
});

test("--web --web-password in a browser: a wrong one is an alert, the right one opens the page, Log out ends it", {
  skip,
}, async () => {
  const { page, cli, close } = await open(["--web-login", "--web-password", "open sesame"]);
  const password = page.getByLabel("Password");
  await password.fill("wrong");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("alert").waitFor();
  await password.fill("open sesame");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("form", { name: "Start a test" }).waitFor();
  const second = await page.context().newPage(); // a second window, which asks for nothing by itself while it watches
  await second.goto(`${page.url()}?tab=logViewer`);
  await second.getByRole("form", { name: "Start a test" }).waitFor();
  await page.getByRole("button", { name: "Start" }).click();
  await second.getByRole("status", { name: "Run state" }).getByText("Running", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("button", { name: "Log in" }).waitFor();
  assert.match(page.url(), /\/login$/);
  await second.getByRole("button", { name: "Log in" }).waitFor();
  assert.match(second.url(), /\/login\?next=%2F%3Ftab%3DlogViewer$/);
  await close();
  cli.child.kill("SIGINT");
  await cli.ended;
});
