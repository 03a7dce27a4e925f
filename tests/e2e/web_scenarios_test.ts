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
  browse: { users: Visitor, stages: "1s:5, 300s:5" },
  checkout: { users: Visitor, arrivalRate: "20/s", startAfter: "1s", runTime: "2s" },
  after: { users: Visitor, userCount: 1, startAfter: "checkout", runTime: "300s" },
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
  const cellOf = (scenario: string, column: number) =>
    table.getByRole("row", { name: new RegExp(`^${scenario} `) }).getByRole("cell").nth(column).innerText();
  // The seconds in which it ran are behind the last ten at some time; what it counted stays.
  const counted = Number(await cellOf("checkout", 2));
  assert.equal(counted, 40, "each arrival of checkout is one request of its scenario");
  assert.match(await cellOf("browse", 4), /^[1-9][\d.]*$/, "the current rate of browse");
  await page.getByRole("tab", { name: "Charts" }).click();
  const canvas = page.locator("canvas").first();
  const drawings = new Set<string>();
  for (let second = 0; second < 30 && drawings.size < 5; second++) {
    drawings.add(await canvas.evaluate((each) => (each as HTMLCanvasElement).toDataURL()));
    await page.waitForTimeout(1000);
  }
  assert.equal(drawings.size, 5, "the lines go on with the run");
  await page.getByRole("button", { name: "Edit" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Each scenario keeps its own load.").waitFor();
  assert.deepEqual(
    await dialog.getByRole("textbox").evaluateAll((list) => list.map((each) => each.getAttribute("name"))),
    [
      "edit-run-time",
      "edit-host",
    ],
  );
  await dialog.getByRole("textbox", { name: "Run time" }).fill("10m");
  if (shots !== undefined) await page.screenshot({ path: `${shots}/edit.png` });
  await dialog.getByRole("button", { name: "Update" }).click();
  await dialog.waitFor({ state: "detached" });
  const { plan } = await (await fetch(`${url}/api/v1/run`)).json();
  assert.equal(plan.runTimeSeconds, 600);
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

test("--web in a browser: scenarios are picked, their starts and ends are marked, and a new start remembers them", {
  skip,
}, async () => {
  const cli = startCli(["run", "shop.ts", "--web", "-P", "0"], { cwd: writeFiles({ "shop.ts": LOCUSTFILE }) });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "";
  const context = await browser().newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(url);
  const picker = page.getByRole("table", { name: "Scenarios to run" });
  const command = page.getByLabel("Command line", { exact: true });
  assert.equal(await command.inputValue(), "locust-ts run shop.ts");
  await picker.getByRole("checkbox", { name: "All scenarios" }).click();
  await page.getByText("No scenario is ticked: there is nothing to run.").waitFor();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await page.getByText("Choose at least one scenario.").waitFor();
  await picker.getByRole("checkbox", { name: "checkout" }).click();
  await picker.getByRole("checkbox", { name: "after" }).click();
  assert.equal(await command.inputValue(), "locust-ts run shop.ts --scenario checkout,after");
  assert.equal(await page.getByRole("listitem").getByText(/^browse/).count(), 0, "it is not drawn");
  await picker.getByRole("checkbox", { name: "after" }).click();
  await page.getByRole("button", { name: "Start", exact: true }).click();
  const table = page.getByRole("table", { name: "Scenarios", exact: true });
  await table.getByRole("row", { name: /checkout/ }).waitFor();
  assert.equal(await table.getByRole("row").count(), 2, "its head, and the one that was picked");
  await page.getByRole("status", { name: "Run state" }).getByText("Stopped", { exact: true }).waitFor();
  const summary = await (await fetch(`${url}/api/v1/summary`)).json();
  assert.deepEqual(summary.scenarios.map(({ name }: { name: string }) => name), ["checkout"]);
  assert.equal(summary.total.requests, 40);
  const { markers } = await (await fetch(`${url}/api/v1/snapshot`)).json();
  const marked = markers.filter(({ kind }: { kind: string }) => kind === "scenario");
  assert.deepEqual(marked, [
    { elapsedMs: 1000, kind: "scenario", text: "checkout begins" },
    { elapsedMs: 3000, kind: "scenario", text: "checkout is over" },
  ]);
  assert.deepEqual(markers.filter(({ kind }: { kind: string }) => kind === "edit" || kind === "rampEnd"), []);
  await page.getByRole("tab", { name: "Charts" }).click();
  await page.getByRole("list", { name: /Events/ }).getByText("checkout begins").waitFor();
  await page.getByRole("button", { name: "New", exact: true }).click();
  assert.equal(await picker.getByRole("checkbox", { name: "checkout" }).isChecked(), true);
  assert.equal(await picker.getByRole("checkbox", { name: "browse" }).isChecked(), false);
  const refused = await fetch(`${url}/api/v1/run`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-locust-ts": "1" },
    body: JSON.stringify({ scenarios: ["brose"] }),
  });
  assert.equal(refused.status, 422);
  assert.match(await refused.text(), /Cannot pick the scenario \\"brose\\": choose from browse, checkout, after/);
  cli.child.kill("SIGINT");
  await cli.ended;
  await context.close();
});
