/** A capacity search in the web UI of the executable, in a real browser: asked for in the start form, watched in its panel, ended by Stop. */
import { strict as assert } from "node:assert";
import process from "node:process";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

/** While more than 6 users run, all calls fail. */
const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
let running = 0;
export class Buyer extends User {
  override waitTime = constant(0.05);
  override async onStart() { running++; }
  override async onStop() { running--; }
  @task async buy() {
    await events.request.measure("CALL", "buy", async () => {
      await this.sleep(0.005);
      if (running > 6) throw new Error("too many");
    });
  }
}
`;

test("--web in a browser: a capacity search is asked for, watched and stopped", { skip }, async () => {
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0", "--processes", "1"], {
    timeoutMs: 230_000,
    cwd: writeFiles({ "shop.ts": LOCUSTFILE }),
  });
  try {
    await cli.waitFor(/Starting web interface at \S+/);
    const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
    await using context = await browser().newContext({ locale: "en-US" });
    context.setDefaultTimeout(90_000); // a busy machine draws slowly
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(url);
    const shoot = async (name: string) => {
      const folder = process.env["SCREENSHOTS"];
      if (folder === undefined) return;
      for (const [width, scheme] of [[1280, "light"], [1280, "dark"], [390, "light"]] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.setViewportSize({ width, height: 900 });
        await page.screenshot({ path: `${folder}/${name}-${width}-${scheme}.png`, fullPage: true });
      }
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    await page.getByRole("checkbox", { name: "Search for the capacity" }).check();
    const slo = page.getByRole("textbox", { name: "Conditions for the system (SLO)" });
    await slo.fill("p99 is fine");
    const start = page.getByRole("button", { name: "Start", exact: true });
    await start.click();
    await page.getByText("“p99 is fine”").waitFor();
    await slo.fill("failures<2%");
    assert.equal(await page.getByRole("textbox", { name: /Ramp up/ }).count(), 0);
    await page.getByRole("textbox", { name: "Number of users to begin with" }).fill("4");
    await page.getByText(/Begins with 4 users, and searches for the most users that keep failures<2%/).waitFor();
    const command = await page.getByLabel("Command line", { exact: true }).inputValue();
    assert.match(command, /--find-max --slo 'failures<2%' --users 4$/);
    await shoot("form");
    await start.click();
    const panel = page.locator("details.capacity");
    await panel.getByText(/search: step \d+ \((rise|halve|fall|confirm)\), \d+ users/).waitFor();
    await panel.locator("summary").click();
    const steps = panel.getByRole("table", { name: "Steps of the search" });
    await steps.getByRole("row", { name: /(within|unclear) 1 rise \S+ \d+ s 4 / }).waitFor({ timeout: 60_000 });
    await steps.getByRole("row", { name: /broken 2 rise \S+ \d+ s 8 / }).waitFor({ timeout: 60_000 });
    await shoot("live");
    assert.ok(await page.getByRole("button", { name: "Edit", exact: true }).isDisabled());
    const edit = await fetch(`${url}/api/v1/run`, {
      method: "PATCH",
      headers: { "content-type": "application/json", "x-locust-ts": "1" },
      body: JSON.stringify({ users: 5 }),
    });
    assert.equal(edit.status, 422, await edit.clone().text());
    assert.match(await edit.text(), /a capacity search decides it/);
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("status", { name: "Run state" }).getByText("Stopped", { exact: true }).waitFor();
    await panel.getByText(/[4-6] users \(4 – 8\).* the search was ended before it had confirmed this/).waitFor();
    await shoot("ended");
    await page.getByRole("button", { name: "New", exact: true }).click();
    assert.equal(await page.getByRole("checkbox", { name: "Search for the capacity" }).isChecked(), true);
    assert.equal(await slo.inputValue(), "failures<2%");
    assert.deepEqual(complaints, []);
  } finally {
    cli.child.kill("SIGINT");
    await cli.ended;
  }
});
