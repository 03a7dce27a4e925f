/** What axe says to the screens of the executable's web UI that need the real program: login, class settings, samples of failures, a new test. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");

const LOCUSTFILE = `import { constant, HttpUser, task } from "locust-ts";
export class Buyer extends HttpUser {
  waitTime = constant(0.1);
  @task async buy() { await this.client.get("/nothing/here"); }
  @task async look() { await this.client.get("/healthz"); }
}
export class night_shift extends HttpUser {
  static weight = 2;
  waitTime = constant(0.1);
  @task async look() { await this.client.get("/healthz"); }
}
`;

const browser = useBrowser(skip);

async function serve(...args: readonly string[]) {
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0", ...args], { cwd: writeFiles({ "shop.ts": LOCUSTFILE }) });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
  return {
    url,
    end: () => {
      cli.child.kill("SIGINT");
      return cli.ended;
    },
  };
}

async function open(url: string, colorScheme: "light" | "dark"): Promise<Page> {
  // The policy of the pages allows their own script alone; axe is another one.
  const context = await browser().newContext({ locale: "en-US", colorScheme, bypassCSP: true });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

const AXE = () => readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

async function audit(page: Page, where: string): Promise<void> {
  await page.getByRole("heading", { level: 1 }).first().waitFor(); // the page draws itself when it has its first figures
  await page.evaluate(AXE());
  const found = await page.evaluate(
    "axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' | ')))",
  );
  assert.deepEqual(found, [], where);
}

for (const theme of ["light", "dark"] as const) {
  test(`web UI: axe finds nothing at the login, ${theme}`, { skip }, async () => {
    const { url, end } = await serve("--web-login", "--web-password", "open sesame");
    const page = await open(url, theme);
    await audit(page, "login");
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    await audit(page, "login, refused");
    await page.context().close();
    await end();
  });

  test(`web UI: class settings are saved, a failure opens its sample; axe finds nothing, ${theme}`, {
    skip,
  }, async () => {
    const { url, end } = await serve("--class-picker");
    const page = await open(url, theme);
    await audit(page, "start form");
    const classes = page.getByRole("table", { name: "User classes" });
    await classes.getByRole("checkbox", { name: "night_shift" }).uncheck();
    await page.getByRole("button", { name: "Settings of Buyer" }).click();
    const settings = page.getByRole("dialog", { name: "Buyer settings" });
    await settings.getByRole("textbox", { name: "Weight" }).fill("a lot");
    await settings.getByRole("button", { name: "Save" }).click();
    assert.equal(await settings.getByRole("textbox", { name: "Weight" }).getAttribute("aria-invalid"), "true");
    await audit(page, "class settings");
    await settings.getByRole("textbox", { name: "Weight" }).fill("7");
    await settings.getByRole("checkbox", { name: "look" }).uncheck();
    await settings.getByRole("button", { name: "Save" }).click();
    await classes.getByRole("row", { name: /Buyer/ }).getByText("7").waitFor();
    await page.getByRole("textbox", { name: "Host" }).fill(url);
    assert.match(await page.getByRole("textbox", { name: "Command line" }).inputValue(), / Buyer --host /);
    await page.getByRole("button", { name: "Start", exact: true }).click();
    await page.getByRole("tab", { name: "Failures" }).click();
    await page.getByRole("button", { name: /^Show sample of / }).first().click();
    await page.getByText("/nothing/here").first().waitFor();
    await audit(page, "failures");
    await page.getByRole("tab", { name: "Statistics" }).click();
    const table = page.getByRole("table", { name: "Request statistics" });
    assert.equal(await table.getByText("/healthz").count(), 0, "a task that was left out");
    await table.getByRole("button", { name: "Details of GET /nothing/here" }).click();
    await page.getByText("Sample of a failed response").first().click();
    await audit(page, "details");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("dialog", { name: "New load test" }).waitFor();
    await audit(page, "new test");
    await page.context().close();
    await end();
  });
}
