/** What a locustfile adds to the web UI, in the executable: routes, tabs, downloads and a login of its own. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { openWeb } from "../support/web_process.ts";

const EXAMPLE = readFileSync("examples/web_ui.ts", "utf8");

test("examples/web_ui.ts: a tab, an address and a download of the locustfile's own data", async () => {
  await using demo = await startDemo({ latency: { kind: "fixed", ms: 2 }, errorRate: 0 });
  const web = await openWeb(["-H", demo.url], { locustfile: EXAMPLE });
  const form = await (await web.ask("GET", "/api/v1/form")).json() as Record<string, unknown>;
  assert.deepEqual(form["tabs"], [{
    key: "content-length",
    title: "Content Length",
    columns: [{ key: "name", title: "Name" }, { key: "bytes", title: "Total content length (bytes)" }],
  }]);
  assert.deepEqual(form["downloads"], [{ title: "Download content length CSV", href: "content-length/csv" }]);
  assert.deepEqual(form["profiles"], ["smoke", "peak"]);
  await web.ask("POST", "/api/v1/run", { users: 4, spawnRate: 20, runTime: "4s" });
  await web.until(({ state }) => state === "stopped");
  const lengths = await (await web.ask("GET", "/content-length")).json() as Record<string, number>;
  const rows = Object.entries(lengths).map(([name, bytes]) => ({ name, bytes }));
  const { extra, total } = await (await web.ask("GET", "/api/v1/snapshot")).json() as {
    extra: Record<string, unknown>;
    total: { requests: number; meanBytes: number };
  };
  assert.deepEqual(extra["content-length"], rows);
  assert.equal(rows.reduce((sum, { bytes }) => sum + bytes, 0), Math.round(total.requests * total.meanBytes));
  const locust = await (await web.ask("GET", "/stats/requests")).json() as Record<string, unknown>;
  assert.deepEqual(locust["extended_stats"], [{ key: "content-length", data: rows }]);
  const csv = await web.ask("GET", "/content-length/csv");
  assert.match(csv.headers.get("content-disposition") ?? "", /content_length\.csv/);
  assert.equal((await csv.text()).split("\r\n").length, rows.length + 2);
  assert.equal((await web.end()).code, 0);
});

test("examples/web_ui.ts --web-login: its own user and password, and no printed one", async () => {
  const web = await openWeb(["--web-login"], { locustfile: EXAMPLE });
  const page = await (await fetch(`${web.url}/login`)).text();
  assert.match(page, /<h1>Load tests of the shop<\/h1>/);
  assert.match(page, /<label for="field-0">Username<\/label>/);
  const logIn = (password: string) =>
    fetch(`${web.url}/login`, {
      method: "POST",
      body: new URLSearchParams({ username: "tester", password }),
      redirect: "manual",
    });
  const wrong = await logIn("guess");
  assert.equal(wrong.status, 401);
  assert.match(await wrong.text(), /role="alert">There is no such user, or the password is wrong/);
  const right = await logIn("a password");
  assert.equal(right.status, 303);
  const cookie = (right.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.equal((await web.ask("GET", "/content-length")).redirected, true);
  assert.deepEqual(await (await web.ask("GET", "/content-length", undefined, { cookie })).json(), {});
  const { stderr } = await web.end();
  assert.doesNotMatch(stderr, /Web UI password/);
});

const HANDLERS = `import { constant, events, task, User } from "locust-ts";
events.init.addListener(({ webUi }) => {
  webUi?.route("POST", "/echo/:name", async (request, { params, role }) => ({
    name: params.name, role, body: await request.json(), authorization: request.headers.get("authorization"),
  }));
  webUi?.route("GET", "/broken", () => { throw new RangeError("no luck"); });
  webUi?.route("GET", "/callback", (_request, context) => {
    context.logIn("spectator");
    return new Response(null, { status: 302, headers: { Location: "/" } });
  }, { isPublic: true });
  webUi?.setLogin({ providers: [{ label: "Log in with <Example>", href: "/callback" }] });
});
export class Visitor extends User {
  waitTime = constant(1);
  @task async look() {}
}
`;

test("a route of the locustfile: parameters, body and role; an error is 500 with its place, and in the log", async () => {
  const web = await openWeb(["--web-token", "t0ken", "--web-login"], { locustfile: HANDLERS });
  const authorization = "Bearer t0ken";
  const echo = await web.ask("POST", "/echo/a%20b", { n: 1 }, { authorization });
  assert.deepEqual(await echo.json(), { name: "a b", role: "operator", body: { n: 1 }, authorization: null });
  const foreign = await web.ask("POST", "/echo/x", {}, { authorization, origin: "http://evil.example" });
  assert.equal(foreign.status, 403);
  const broken = await web.ask("GET", "/broken", undefined, { authorization });
  assert.equal(broken.status, 500);
  const { error } = await broken.json() as { error: { message: string } };
  assert.match(error.message, /the handler of GET \/broken threw RangeError: no luck \(\S*shop\.ts:6:/);
  assert.equal((await web.ask("PUT", "/broken", {}, { authorization })).status, 405);
  const { stderr } = await web.end();
  assert.match(stderr, /ERROR.*the handler of GET \/broken threw RangeError: no luck/);
});

test("a login by another service: its public route logs the reader in with a role", async () => {
  const web = await openWeb(["--web-login"], { locustfile: HANDLERS });
  const page = await (await fetch(`${web.url}/login`)).text();
  assert.match(page, /<a class="provider" href="\.\/callback">Log in with &#60;Example&#62;<\/a>/);
  const answer = await fetch(`${web.url}/callback`, { redirect: "manual" });
  assert.equal(answer.status, 200); // a page that leads on: a redirect would lose the cookie
  assert.match(await answer.text(), /http-equiv="refresh" content="0; url=\/"/);
  const cookie = (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.equal((await web.ask("GET", "/api/v1/run", undefined, { cookie })).status, 200);
  assert.equal((await web.ask("POST", "/api/v1/run", {}, { cookie })).status, 403);
  await web.end();
});

test("a route of the locustfile in place of ours is exit code 2", async () => {
  const cwd = writeFiles({ "shop.ts": HANDLERS.replace("/broken", "/stats/:what") });
  const { code, stderr } = await startCli(["run", "shop.ts", "--web", "-P", "0"], { cwd }).ended;
  assert.equal(code, 2);
  assert.match(stderr, /Cannot serve GET \/stats\/:what of the locustfile: the web UI has this address/);
});

test("a column of the locustfile: its values by rows in snapshot and ticks, and in Locust's statistics", async () => {
  const locustfile = `import { constant, events, task, User } from "locust-ts";
events.init.addListener(({ webUi }) => {
  webUi?.addColumn({ key: "owner", title: "Owner", values: async () => ({ "CALL look": "team a", Aggregated: 2 }) });
});
export class Visitor extends User {
  waitTime = constant(0.1);
  @task async look() { await events.request.measure("CALL", "look", () => this.sleep(0.001)); }
}
`;
  const web = await openWeb([], { locustfile });
  const { columns } = await (await web.ask("GET", "/api/v1/form")).json() as { columns: unknown };
  assert.deepEqual(columns, [{ key: "owner", title: "Owner" }]);
  await web.ask("POST", "/api/v1/run", { users: 1, runTime: "2s" });
  await web.until(({ state }) => state === "stopped");
  const values = [{ name: "CALL look", value: "team a" }, { name: "Aggregated", value: 2 }];
  const { extra } = await (await web.ask("GET", "/api/v1/snapshot")).json() as { extra: unknown };
  assert.deepEqual(extra, { owner: values });
  const locust = await (await web.ask("GET", "/stats/requests")).json() as Record<string, unknown>;
  assert.deepEqual(locust["extended_stats"], [{ key: "owner", data: values }]);
  const licenses = await web.ask("GET", "/licenses");
  assert.match(licenses.headers.get("content-type") ?? "", /^text\/plain/);
  assert.match(await licenses.text(), /preact [\s\S]*Permission is hereby granted/);
  await web.end();
});
