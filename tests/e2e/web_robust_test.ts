/** What the web UI of the executable survives in a real browser: a killed server, a slow network, other sites, spectators, lost workers. */
import { strict as assert } from "node:assert";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { useBrowser } from "../support/use_browser.ts";

const skip = requireTool("chromium");

const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
export class Visitor extends User {
  waitTime = constant(0.05);
  @task async look() {
    await events.request.measure("CALL", "=1+1<script>alert(1)</script>", () => this.sleep(0.005));
  }
}
`;

const browser = useBrowser(skip);

type Cli = ReturnType<typeof startCli>;

async function serve(...args: readonly string[]): Promise<{ readonly cli: Cli; readonly url: string }> {
  const cli = startCli(["run", "shop.ts", "--web", ...args], { cwd: writeFiles({ "shop.ts": LOCUSTFILE }) });
  await cli.waitFor(/Starting web interface at \S+/);
  return { cli, url: /Starting web interface at (\S+)/.exec(cli.stderr())?.[1] ?? "" };
}

async function end(cli: Cli): Promise<void> {
  cli.child.kill("SIGINT");
  await cli.ended;
}

async function open(url: string): Promise<Page> {
  const context = await browser().newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function start(url: string, users = 3): Promise<void> {
  const answer = await fetch(new URL("api/v1/run", url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ users, spawnRate: 100 }),
  });
  assert.equal(answer.status, 201);
}

const stateOf = (page: Page) => page.getByRole("status", { name: "Run state" });

test(
  "web UI: a server that is killed is an alert, and one that is back is seen without a reload",
  { skip },
  async () => {
    const { cli, url } = await serve("-P", "0");
    await start(url);
    const page = await open(url);
    await stateOf(page).getByText("Running").waitFor();
    cli.child.kill("SIGKILL");
    const alert = page.getByRole("alert").filter({ hasText: "Connection lost" });
    await alert.waitFor();
    await cli.ended;
    const again = await serve("-P", new URL(url).port);
    await alert.waitFor({ state: "detached" });
    await stateOf(page).getByText("Ready").waitFor();
    await page.getByRole("form", { name: "Start a test" }).waitFor();
    await page.context().close();
    await end(again.cli);
  },
);

test("web UI: over a slow network a run is started, watched and stopped", { skip }, async () => {
  const { cli, url } = await serve("-P", "0");
  const page = await open(url);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 300,
    downloadThroughput: 30_000,
    uploadThroughput: 10_000,
  });
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await stateOf(page).getByText("Running").waitFor();
  await page.getByRole("table", { name: "Request statistics" }).getByText("=1+1<script>").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await stateOf(page).getByText("Stopped", { exact: true }).waitFor();
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.context().close();
  await end(cli);
});

test("web UI: a form of another site cannot stop the run", { skip }, async () => {
  const { cli, url } = await serve("-P", "0");
  await start(url);
  const other = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end(
      `<form method="post" action="${url}stop"><button>Win a prize</button></form>`,
    )
  );
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const page = await open(`http://localhost:${(other.address() as AddressInfo).port}/`);
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url().endsWith("/stop")),
    page.getByRole("button", { name: "Win a prize" }).click(),
  ]);
  assert.equal(answer.status(), 403);
  const run = await fetch(new URL("api/v1/run", url)).then((response) => response.json()) as { state: string };
  assert.match(run.state, /spawning|running/);
  await page.context().close();
  other.close();
  await end(cli);
});

test("web UI: a spectator watches, has no button that steers, and is refused", { skip }, async () => {
  const { cli, url } = await serve("-P", "0", "--web-login", "--web-password", "open sesame", "--web-spectators");
  await cli.waitFor(/Spectators: \S+/);
  const link = /Spectators: (\S+)/.exec(cli.stderr())?.[1] ?? "";
  const page = await open(link);
  await stateOf(page).getByText("Ready").waitFor();
  for (const name of ["Start", "Edit", "Stop", "New", "Reset"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).count(), 0, name);
  }
  const status = await page.evaluate("fetch('api/v1/run', { method: 'POST', body: '{}' }).then((r) => r.status)");
  assert.equal(status, 403);
  const stranger = await open(url);
  assert.match(stranger.url(), /\/login\?next=/);
  await stranger.context().close();
  await page.context().close();
  await end(cli);
});

test("web UI: every download is what the API answers, byte for byte", { skip }, async () => {
  const { cli, url } = await serve("-P", "0");
  await start(url);
  const page = await open(`${url}?tab=reports`);
  await stateOf(page).getByText("Running").waitFor();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await stateOf(page).getByText("Stopped", { exact: true }).waitFor();
  const links = page.locator(".downloads a");
  await page.getByRole("link", { name: "Download requests CSV" }).waitFor();
  const count = await links.count();
  assert.ok(count >= 6, `${count} links`);
  for (let i = 0; i < count; i++) {
    const link = links.nth(i);
    const href = await link.getAttribute("href") ?? "";
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    const saved = await readFile(await download.path());
    const answered = Buffer.from(await (await fetch(new URL(href, url))).arrayBuffer());
    assert.ok(saved.length > 0 && saved.equals(answered), `${href}: ${saved.length} and ${answered.length} bytes`);
  }
  await page.context().close();
  await end(cli);
});

test("web UI: a worker that is killed shows in the table, in the events and in the verdict", { skip }, async () => {
  const cwd = writeFiles({ "shop.ts": LOCUSTFILE });
  const master = startCli(
    ["run", "shop.ts", "--master", "--web", "-P", "0", "--master-bind-port", "0", "--master-bind-host", "127.0.0.1"],
    { cwd },
  );
  await master.waitFor(/Starting web interface at \S+/);
  await master.waitFor(/Waiting for workers on port \d+/);
  const url = /Starting web interface at (\S+)/.exec(master.stderr())?.[1] ?? "";
  const port = /Waiting for workers on port (\d+)/.exec(master.stderr())?.[1] ?? "";
  const workers = [1, 2].map((i) =>
    startCli([
      "run",
      "shop.ts",
      "--worker",
      "--master-host",
      "127.0.0.1",
      "--master-port",
      port,
      "--worker-name",
      `w${i}`,
    ], { cwd })
  );
  const page = await open(`${url}?tab=workers`);
  const table = page.getByRole("table", { name: "Workers" });
  await master.waitFor(/2 workers connected/);
  await start(url, 4);
  await table.getByText("w2").waitFor();
  workers[1]?.child.kill("SIGKILL");
  await table.locator("tr", { hasText: "w2" }).getByText(/missing|gone|lost|left/).first().waitFor();
  await page.getByRole("tab", { name: "Charts" }).click();
  await page.getByRole("region", { name: "Events" }).getByText(/w2/).first().waitFor();
  await page.context().close();
  await end(master);
  workers[0]?.child.kill("SIGINT");
  await Promise.all(workers.map(({ ended }) => ended));
});
