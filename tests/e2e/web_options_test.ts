/** Options of the web UI and its exit codes, each on the executable. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { get } from "node:https";
import { test } from "node:test";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { openWeb, WEB_LOCUSTFILE } from "../support/web_process.ts";

test("Locust's bare form serves the web UI", async () => {
  const cwd = writeFiles({ "shop.ts": WEB_LOCUSTFILE });
  const cli = startCli(["-f", "shop.ts", "-P", "0"], { cwd });
  await cli.waitFor(/Starting web interface at \S+/);
  const url = /Starting web interface at (\S+)\//.exec(cli.stderr())?.[1] ?? "";
  assert.match(await (await fetch(url)).text(), /<title>locust-ts<\/title>/);
  cli.child.kill("SIGINT");
  assert.equal((await cli.ended).code, 0);
});

test("--web-base-path: everything stands below it, with and without a slash at its end", async () => {
  for (const path of ["/load/test", "/load/test/"]) {
    const web = await openWeb(["--web-base-path", path]);
    assert.match(web.url, /^http:\/\/127\.0\.0\.1:\d+\/load\/test$/);
    assert.equal((await web.ask("GET", "/api/v1/run")).status, 200);
    assert.equal((await web.ask("GET", "/stats/requests")).status, 200);
    const { origin } = new URL(web.url);
    assert.equal((await fetch(`${origin}/api/v1/run`)).status, 404);
    const bare = await fetch(`${origin}/load/test`, { redirect: "manual" });
    assert.deepEqual([bare.status, bare.headers.get("location")], [308, "/load/test/"]);
    await web.end();
  }
  const cwd = writeFiles({ "shop.ts": WEB_LOCUSTFILE });
  const { code, stderr } = await startCli(["run", "shop.ts", "--web", "--web-base-path", "load"], { cwd }).ended;
  assert.equal(code, 2);
  assert.match(stderr, /write "\/load"/);
});

test(
  "--web-tls-cert and Locust's --tls-cert: HTTPS, and Secure cookies",
  { skip: requireTool("openssl") },
  async () => {
    using certificates = openCertificates();
    const { certPath, keyPath } = certificates.issue("web", "DNS:localhost,IP:127.0.0.1");
    const ca = readFileSync(certificates.authority.certPath);
    for (const prefix of ["--web-tls", "--tls"]) {
      const web = await openWeb([`${prefix}-cert`, certPath, `${prefix}-key`, keyPath, "--web-spectators"]);
      assert.match(web.url, /^https:/);
      const ask = (path: string) =>
        new Promise<{ status: number; cookie: string }>((resolve, reject) => {
          get(`${web.url}${path}`, { ca }, (response) => {
            response.resume();
            resolve({ status: response.statusCode ?? 0, cookie: String(response.headers["set-cookie"] ?? "") });
          }).on("error", reject);
        });
      assert.equal((await ask("/healthz")).status, 200);
      await web.cli.waitFor(/Spectators: \S+/);
      const key = /spectate\?key=(\S+)/.exec(web.cli.stderr())?.[1] ?? "";
      assert.match((await ask(`/spectate?key=${key}`)).cookie, /; Secure/);
      assert.equal((await web.end()).code, 0);
    }
  },
);

test("--web-login with a token: programs have it in a header, everyone else is asked", async () => {
  const web = await openWeb(["--web-password", "open sesame", "--web-token", "t0ken"]);
  assert.equal((await web.ask("GET", "/api/v1/run")).status, 401);
  assert.equal((await web.ask("GET", "/metrics")).status, 401);
  assert.equal((await web.ask("GET", "/healthz")).status, 200);
  const locust = await fetch(`${web.url}/stats/requests`, { redirect: "manual" });
  assert.deepEqual([locust.status, locust.headers.get("location")], [302, "/login?next=%2Fstats%2Frequests"]);
  const headers = { authorization: "Bearer t0ken" };
  assert.equal((await web.ask("POST", "/api/v1/run", { users: 1, runTime: 1 }, headers)).status, 201);
  for (let i = 0; i < 6; i++) await web.ask("GET", "/api/v1/run", undefined, { authorization: "Bearer guess" });
  const late = await web.ask("GET", "/api/v1/run", undefined, { authorization: "Bearer guess" });
  assert.equal(late.status, 429);
  assert.ok(Number(late.headers.get("retry-after")) >= 1);
  await web.end();
});

const QUITTING = `import { constant, events, task, User } from "locust-ts";
events.quitting.addListener(({ environment }) => { HOOK });
export class Visitor extends User {
  waitTime = constant(0.05);
  @task async look() { await events.request.measure("CALL", "look", async () => {}); }
}
`;

const CODES: readonly (readonly [what: string, hook: string, args: readonly string[], code: number])[] = [
  ["nothing else", "", [], 0],
  ["a threshold that is not met", "", ["--threshold", "requests<1"], 3],
  ["environment.processExitCode", "environment.processExitCode = 42", ["--threshold", "requests<1"], 42],
  ["a listener of quitting that throws", "throw new Error('no')", [], 2],
];

for (const [what, hook, args, expected] of CODES) {
  test(`the process ends with ${expected}: ${what}, as a run in a terminal does`, async () => {
    const locustfile = QUITTING.replace("HOOK", hook);
    const web = await openWeb(["--autostart", "-t", "2", ...args], { locustfile });
    await web.until(({ state }) => state === "stopped");
    const { code, stderr } = await web.end();
    assert.equal(code, expected, stderr);
    const cwd = writeFiles({ "shop.ts": locustfile });
    const terminal = await startCli(["run", "shop.ts", "-t", "2", ...args], { cwd }).ended;
    assert.equal(terminal.code, expected, terminal.stderr);
  });
}

test("a second signal ends the process at once, with the code of the signal", async () => {
  const locustfile = `import { task, User } from "locust-ts";
export class Slow extends User { @task async wait() { await new Promise((resolve) => setTimeout(resolve, 60_000)); } }
`;
  const web = await openWeb(["--autostart", "--stop-timeout", "60"], { locustfile });
  await web.until(({ users }) => users === 1);
  web.cli.child.kill("SIGINT");
  await web.until(({ state }) => state === "stopping");
  web.cli.child.kill("SIGTERM");
  assert.equal((await web.cli.ended).code, 143);
});
