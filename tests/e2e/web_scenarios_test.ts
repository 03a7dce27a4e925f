/** Scenarios in the web UI of the executable, in a real browser: drawn in the start form, listed while they run, in the report afterwards. */
import { strict as assert } from "node:assert";
import process from "node:process";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");
const browser = useBrowser(skip);

const LOCUSTFILE = `import { constant, events, task, User, type Scenarios } from "locust-ts";
export class Visitor extends User {
  override waitTime = constant(0.1);
  @task async look() { await events.request.measure("CALL", "look", () => this.sleep(0.005)); }
}
export const scenarios = {
  browse: { users: Visitor, stages: "1s:5, 60s:5" },
  checkout: { users: Visitor, arrivalRate: "20/s", startAfter: "1s", runTime: "2s" },
  after: { users: Visitor, userCount: 1, startAfter: "checkout", runTime: "60s" },
} satisfies Scenarios;
`;

test("--web in a browser: scenarios are drawn, started without numbers, and listed", { skip }, async () => {
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0"], { cwd: writeFiles({ "shop.ts": LOCUSTFILE }) });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
  const context = await browser().newContext({ locale: "en-US" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(url);
  await page.getByRole("img", { name: "Scenarios" }).waitFor();
  assert.equal(await page.getByRole("textbox", { name: /Number of users/ }).count(), 0);
  await page.getByRole("listitem").getByText("Visitor: arrivals at 20/s for 0:02 from 0:01 on").waitFor();
  assert.doesNotMatch(await page.getByLabel("Command line", { exact: true }).inputValue(), /--users/);
  const shots = process.env["SCREENSHOTS"];
  if (shots !== undefined) await page.screenshot({ path: `${shots}/form.png`, fullPage: true });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const table = page.getByRole("table", { name: "Scenarios" });
  await table.getByRole("row", { name: /checkout ended, from 0:01 to 0:03/ }).waitFor();
  await table.getByRole("row", { name: /after running since 0:0\d 1/ }).waitFor();
  await table.getByRole("row", { name: /browse running since 0:00 5/ }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Edit" }).isDisabled(), true);
  if (shots !== undefined) await page.screenshot({ path: `${shots}/live.png`, fullPage: true });
  const edit = await fetch(`${url}/api/v1/run`, {
    method: "PATCH",
    headers: { "content-type": "application/json", "x-locust-ts": "1" },
    body: JSON.stringify({ users: 5 }),
  });
  assert.equal(edit.status, 422, await edit.clone().text());
  assert.match(await edit.text(), /each scenario has its own/);
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("status", { name: "Run state" }).getByText("Stopped", { exact: true }).waitFor();
  const summary = await (await fetch(`${url}/api/v1/summary`)).json();
  assert.deepEqual(summary.scenarios.map(({ name }: { name: string }) => name), ["browse", "checkout", "after"]);
  assert.deepEqual(complaints, []);
  cli.child.kill("SIGINT");
  await cli.ended;
  await context.close();
});
