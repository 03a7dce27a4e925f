/** The web UI behind nginx that serves it below a path of its own and strips it: links, assets, API, events, cookies, redirects. */
import { strict as assert } from "node:assert";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { requireTool } from "../support/requirements.ts";
import { openProgram, type ServerProgram } from "../support/server_program.ts";
import { useBrowser } from "../support/use_browser.ts";
import { openWeb } from "../support/web_process.ts";

const skip = requireTool("chromium", "nginx");
const browser = useBrowser(skip);

/** `prefix`: below the host, begins and ends with a slash; `to`: where it leads, with the path that takes its place. */
function openNginx(prefix: string, to: string, headers: string): Promise<ServerProgram> {
  return openProgram("nginx", (folder, [port]) => {
    appendFileSync(
      join(folder, "nginx.conf"),
      `daemon off; master_process off; pid nginx.pid; error_log stderr crit; user root;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  server {
    listen 127.0.0.1:${port};
    location ${prefix} { proxy_pass ${to}; proxy_set_header Host $http_host; ${headers} }
    location / { return 404; }
  }
}`,
    );
    return ["-p", folder, "-c", join(folder, "nginx.conf")];
  }, 1);
}

for (
  const [what, basePath, headers] of [
    ["that says so", "", "proxy_set_header X-Forwarded-Prefix /team/load;"],
    ["that says nothing", "", ""],
    ["and has another base path behind it", "/inner", ""],
  ] as const
) {
  test(`the web UI behind a proxy that strips a path, ${what}: log in, start, reload, download, log out`, {
    skip,
  }, async () => {
    const base = basePath === "" ? [] : ["--web-base-path", basePath];
    const web = await openWeb(["--web-password", "a secret", "--web-spectators", ...base]);
    await using nginx = await openNginx("/team/load/", `${new URL(web.url).origin}${basePath}/`, headers);
    const outside = `http://127.0.0.1:${nginx.ports[0]}`;
    const context = await browser().newContext({ locale: "en-US" });
    const page = await context.newPage();
    const strayed: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(`${outside}/team/load/`)) strayed.push(request.url());
    });
    await page.goto(`${outside}/team/load/?tab=charts`);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByRole("textbox", { name: "Password" }).fill("a secret");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("form", { name: "Start a test" }).waitFor();
    assert.equal(page.url(), `${outside}/team/load/?tab=charts`);
    const [cookie] = await context.cookies();
    assert.deepEqual([cookie?.path, cookie?.httpOnly, cookie?.sameSite], ["/team/load", true, "Strict"]);
    await page.getByRole("button", { name: "Start" }).click();
    await page.getByRole("figure", { name: "Requests per second" }).waitFor();
    await page.reload();
    await page.getByRole("status", { name: "Run state" }).getByText("Running", { exact: true }).waitFor();
    await page.getByRole("tab", { name: "Download Data" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download requests CSV" }).click();
    assert.match(readFileSync(await (await download).path(), "utf8"), /^Type,Name,/);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("status", { name: "Run state" }).getByText("Stopped", { exact: true }).waitFor();
    const report = await context.newPage();
    await report.goto(`${outside}/team/load/stats/report`);
    await report.getByRole("heading", { name: "Verdict" }).waitFor();
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByRole("textbox", { name: "Password" }).waitFor();
    assert.equal(page.url(), `${outside}/team/load/login`);
    await report.reload();
    assert.equal(new URL(report.url()).pathname, "/team/load/login", "from an address further down");
    await report.getByRole("textbox", { name: "Password" }).fill("a secret");
    await report.getByRole("button", { name: "Log in" }).click();
    await report.getByRole("heading", { name: "Verdict" }).waitFor();
    assert.equal(report.url(), `${outside}/team/load/stats/report`);
    await context.clearCookies();
    await page.goto(`${outside}/team/load/?tab=logViewer`);
    await page.getByRole("button", { name: "Log in" }).waitFor();
    const key = /Spectators: \S+(\/spectate\S+)/.exec(web.cli.stderr())?.[1];
    await page.goto(`${outside}/team/load${key}`);
    await page.getByRole("status", { name: "Run state" }).waitFor();
    assert.equal(page.url(), `${outside}/team/load/`);
    assert.deepEqual(strayed, []);
    await context.close();
    await web.end();
  });
}
