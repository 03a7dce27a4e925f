import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createWebFixture, json } from "../support/web_fixture.ts";

const START = json("POST", { users: 1 });

async function errorOf(response: Response): Promise<{ code: string; message: string; field?: string }> {
  return (await response.json() as { error: { code: string; message: string; field?: string } }).error;
}

describe("requests of other sites", () => {
  const steering: readonly (readonly [string, string])[] = [
    ["POST", "/api/v1/run"],
    ["PATCH", "/api/v1/run"],
    ["POST", "/api/v1/run/stop"],
    ["POST", "/swarm"],
    ["POST", "/stop"],
    ["GET", "/stop"],
    ["GET", "/stats/reset"],
    ["POST", "/user"],
    ["POST", "/login"],
  ];
  const headers: readonly Readonly<Record<string, string>>[] = [
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://127.0.0.1:9999" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
  ];
  for (const [method, path] of steering) {
    test(`${method} ${path} is refused to each of them`, async () => {
      const { ask, asked } = createWebFixture();
      for (const each of headers) {
        const response = await ask(path, { method, headers: each });
        assert.equal(response.status, 403, JSON.stringify(each));
        assert.equal((await errorOf(response)).code, "forbidden");
      }
      assert.deepEqual(asked, []);
    });
  }
  test("pages of this server and programs without such headers may steer", async () => {
    for (const each of [{}, { origin: "http://127.0.0.1:8089" }, { "sec-fetch-site": "same-origin" }]) {
      const { ask } = createWebFixture();
      assert.equal((await ask("/api/v1/run", json("POST", { users: 1 }, each as Record<string, string>))).status, 201);
    }
  });
  test("--web-allow-host counts for Host and Origin", async () => {
    const guard = { listenHost: "127.0.0.1", allowedHosts: ["load.example"], allowedOrigins: [] };
    const { ask } = createWebFixture({ guard });
    const headers = { host: "load.example", origin: "https://load.example" };
    assert.equal((await ask("/api/v1/run", json("POST", {}, headers))).status, 201);
  });
  test("no CORS header by default, and one for an origin of --web-allow-origin alone", async () => {
    const plain = await createWebFixture().ask("/api/v1/run", { headers: { origin: "https://dash.example" } });
    assert.equal(plain.headers.get("access-control-allow-origin"), null);
    const guard = { listenHost: "127.0.0.1", allowedHosts: [], allowedOrigins: ["https://dash.example"] };
    const { ask } = createWebFixture({ guard });
    const allowed = await ask("/api/v1/run", { headers: { origin: "https://dash.example" } });
    assert.equal(allowed.headers.get("access-control-allow-origin"), "https://dash.example");
    const other = await ask("/api/v1/run", { headers: { origin: "https://evil.example" } });
    assert.equal(other.headers.get("access-control-allow-origin"), null);
  });
});

test("a foreign Host is refused on loopback, and names of this machine are not", async () => {
  const { ask } = createWebFixture();
  for (const host of ["evil.example", "evil.example:8089", "127.0.0.1.evil.example"]) {
    assert.equal((await ask("/", { headers: { host } })).status, 403, host);
  }
  for (const host of ["localhost:8089", "127.0.0.1", "[::1]:8089", "LOCALHOST"]) {
    assert.equal((await ask("/", { headers: { host } })).status, 200, host);
  }
});

test("every answer has a policy without unsafe-inline, nosniff and no frames", async () => {
  const { ask } = createWebFixture({ access: { password: "x" } });
  for (const path of ["/", "/login", "/api/v1/run", "/nowhere", "/healthz"]) {
    const { headers } = await ask(path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'.*frame-ancestors 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});

describe("login", () => {
  const form = (password: string, next = "/"): RequestInit => ({
    method: "POST",
    body: new URLSearchParams({ password, next }),
  });
  test("without a session pages and Locust's routes lead to /login, and programs get 401", async () => {
    const { ask } = createWebFixture({ access: { password: "secret" } });
    for (const path of ["/", "/stats/requests", "/?tab=charts"]) {
      const response = await ask(path);
      assert.equal(response.status, 302);
      assert.equal(response.headers.get("location"), `/login?next=${encodeURIComponent(path)}`);
    }
    for (const path of ["/api/v1/run", "/api/v1/events", "/metrics"]) assert.equal((await ask(path)).status, 401, path);
    assert.equal((await ask("/healthz")).status, 200);
  });
  test("a browser is led by relative addresses: a proxy may have put a path of its own before ours", async () => {
    const headers = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
    for (const basePath of ["", "/team/load"]) {
      const { ask } = createWebFixture({ access: { password: "secret", spectatorKey: "k" }, basePath });
      const led = async (path: string, init: RequestInit = {}) =>
        (await ask(`${basePath}${path}`, { headers, ...init })).headers.get("location");
      const next = (path: string) => encodeURIComponent(`${basePath}${path}`);
      assert.equal(await led("/?tab=charts"), `./login?next=${next("/?tab=charts")}`);
      assert.equal(await led("/stats/report"), `../login?next=${next("/stats/report")}`);
      assert.equal(await led("/stats/requests/csv"), `../../login?next=${next("/stats/requests/csv")}`);
      assert.equal(await led("/login", form("secret", `${basePath}/stats/report`)), "./stats/report");
      assert.equal(await led("/login", form("secret", "/?tab=charts")), "./?tab=charts", "as the page has it");
      assert.equal(await led("/login", form("secret", `${basePath}//evil.example`)), "./");
      assert.equal(await led("/spectate?key=k"), "./");
      const cookie = (await ask(`${basePath}/spectate?key=k`)).headers.get("set-cookie")?.split(";")[0] ?? "";
      assert.equal(await led("/logout", { method: "POST", headers: { ...headers, cookie } }), "./login");
    }
    const { ask } = createWebFixture({ basePath: "/team/load" });
    assert.equal((await ask("/team/load", { headers })).headers.get("location"), "./load/");
  });
  test("the right password opens a session by a strict cookie, and Log out closes it", async () => {
    const { ask } = createWebFixture({ access: { password: "secret" }, isTls: true });
    const response = await ask("/login", form("secret", "/?tab=charts"));
    assert.equal(response.status, 303);
    assert.equal(response.headers.get("location"), "/?tab=charts");
    const cookie = response.headers.get("set-cookie") ?? "";
    assert.match(cookie, /HttpOnly; SameSite=Strict; Secure$/);
    const headers = { cookie: cookie.split(";")[0] ?? "" };
    assert.equal((await ask("/api/v1/run", { headers })).status, 200);
    assert.equal((await ask("/logout", { method: "POST", headers })).status, 303);
    assert.equal((await ask("/api/v1/run", { headers })).status, 401);
  });
  test("a stream of events lasts as long as the session of its reader, and keeps it alive", async () => {
    const { ask, log, clock } = createWebFixture({ access: { password: "secret" } });
    const login = await ask("/login", form("secret"));
    const headers = { cookie: login.headers.get("set-cookie")?.split(";")[0] ?? "" };
    const reader = (await ask("/api/v1/events", { headers })).body?.getReader();
    assert.ok(reader !== undefined);
    assert.equal((await reader.read()).done, false);
    for (let hours = 0; hours < 24; hours += 8) {
      clock.advance(8 * 3600_000);
      log.add("verdict", { kind: "valid", doubts: [], notes: [] });
      assert.equal((await reader.read()).done, false, `after ${hours + 8} hours`);
    }
    assert.equal((await ask("/api/v1/run", { headers })).status, 200);
    await ask("/logout", { method: "POST", headers });
    log.add("verdict", { kind: "valid", doubts: [], notes: [] });
    let isDone = false;
    for (let i = 0; i < 3 && !isDone; i++) isDone = (await reader.read()).done; // what was on its way comes first
    assert.ok(isDone);
  });
  test("web UIs at two ports of a host have sessions of their own", async () => {
    const { ask } = createWebFixture({ access: { password: "secret" } });
    const names = await Promise.all(["127.0.0.1:8089", "127.0.0.1:8090", "localhost"].map(async (host) => {
      const login = await ask("/login", { ...form("secret"), headers: { host } });
      const cookie = login.headers.get("set-cookie")?.split(";")[0] ?? "";
      assert.equal((await ask("/api/v1/run", { headers: { host, cookie: `a=1; ${cookie}; b=2` } })).status, 200);
      return cookie.split("=")[0];
    }));
    assert.equal(new Set(names).size, 3, names.join());
  });
  test("a login leads to no other site", async () => {
    const { ask } = createWebFixture({ access: { password: "secret" } });
    for (const next of ["https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example"]) {
      assert.equal((await ask("/login", form("secret", next))).headers.get("location"), "/", next);
    }
  });
  test("a login leads to no address that stops the run or resets its figures", async () => {
    for (const basePath of ["", "/load"]) {
      const { ask, asked } = createWebFixture({ access: { password: "secret" }, basePath });
      for (const next of ["/stop", "/stop?x=1", "/stats/reset", "/%73top", "/a/../stop"]) {
        const response = await ask(`${basePath}/login`, form("secret", `${basePath}${next}`));
        assert.deepEqual([response.status, response.headers.get("location")], [303, `${basePath}/`], next);
      }
      assert.deepEqual(asked, []);
    }
  });
  test("after five wrong tries an address waits, longer each time, at most a minute", async () => {
    const { ask, clock } = createWebFixture({ access: { password: "secret" } });
    for (let i = 0; i < 5; i++) {
      const response = await ask("/login", form("wrong"));
      assert.equal(response.status, 401);
      assert.match(await response.text(), /role="alert"/);
    }
    const waits: number[] = [];
    for (let i = 0; i < 8; i++) {
      const response = await ask("/login", form("secret"));
      assert.equal(response.status, 429);
      const seconds = Number(response.headers.get("retry-after"));
      waits.push(seconds);
      await clock.advance(seconds * 1000);
      await ask("/login", form("wrong"));
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
    assert.equal((await ask("/login", form("secret"), "10.0.0.9")).status, 303, "another address is not held up");
  });
  test("a token logs a program in, a wrong one does not", async () => {
    const { ask } = createWebFixture({ access: { password: "secret", token: "t0ken" } });
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    assert.equal((await ask("/api/v1/run", bearer("t0ken"))).status, 200);
    for (let i = 0; i < 5; i++) assert.equal((await ask("/api/v1/run", bearer("guess"))).status, 401);
    assert.equal((await ask("/api/v1/run", bearer("guess"))).status, 429);
  });
});

test("spectators see everything and steer nothing", async () => {
  const { ask, asked } = createWebFixture({ access: { password: "secret", spectatorKey: "k3y" } });
  assert.equal((await ask("/spectate?key=wrong")).status, 403);
  const link = await ask("/spectate?key=k3y");
  const headers = { cookie: (link.headers.get("set-cookie") ?? "").split(";")[0] ?? "" };
  for (const path of ["/", "/api/v1/run", "/api/v1/snapshot", "/stats/requests", "/logs", "/metrics"]) {
    assert.equal((await ask(path, { headers })).status, 200, path);
  }
  const form = await (await ask("/api/v1/form", { headers })).json() as { access: unknown };
  assert.deepEqual(form.access, { role: "spectator", hasLogin: true });
  const steering = [["POST", "/api/v1/run"], ["POST", "/swarm"], ["GET", "/stop"], ["POST", "/api/v1/check-host"]];
  for (const [method = "", path = ""] of steering) {
    assert.equal((await ask(path, { method, headers })).status, 403, path);
  }
  assert.deepEqual(asked, []);
});

test("a body over 1 MB is 413, a wrong method 405 with Allow, an unknown address 404", async () => {
  const { ask } = createWebFixture();
  const large = await ask("/api/v1/run", json("POST", { profile: "x".repeat(1_100_000) }));
  assert.equal(large.status, 413);
  assert.equal((await errorOf(large)).code, "too_large");
  const wrong = await ask("/api/v1/run", { method: "DELETE" });
  assert.equal(wrong.status, 405);
  assert.equal(wrong.headers.get("allow"), "GET, POST, PATCH, HEAD, OPTIONS");
  assert.equal((await ask("/nowhere")).status, 404);
});

test("under a base path nothing answers beside it, and the bare prefix leads to its page", async () => {
  const { ask } = createWebFixture({ basePath: "/load" });
  assert.equal((await ask("/load/")).status, 200);
  assert.equal((await ask("/load")).headers.get("location"), "/load/");
  assert.equal((await ask("/load/api/v1/run", START)).status, 201);
  assert.equal((await ask("/api/v1/run")).status, 404);
});

describe("HEAD", () => {
  const PATHS = ["/", "/api/v1/run", "/api/v1/openapi.json", "/stats/requests", "/metrics", "/nowhere", "/login"];
  for (const encoding of ["identity", "gzip"]) {
    test(`has the headers of GET and the length of its body, no body (${encoding})`, async () => {
      const { ask } = createWebFixture({ access: { token: "t", password: "p" } });
      for (const path of PATHS) {
        const headers = { "accept-encoding": encoding, authorization: "Bearer t" };
        const get = await ask(path, { headers });
        const head = await ask(path, { headers, method: "HEAD" });
        const length = (await get.arrayBuffer()).byteLength;
        assert.ok(length > 0, path);
        assert.equal(head.status, get.status, path);
        assert.deepEqual({ ...Object.fromEntries(head.headers), "content-length": "" }, {
          ...Object.fromEntries(get.headers),
          "content-length": "",
        }, path);
        assert.equal(head.headers.get("content-length"), String(length), path);
        assert.equal(await head.text(), "", path);
      }
    });
  }
  test("of the stream of events has no length", async () => {
    const head = await createWebFixture().ask("/api/v1/events", { method: "HEAD" });
    assert.deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, null, ""]);
    assert.equal(head.headers.get("content-type"), "text/event-stream; charset=utf-8");
  });
  test("steers nothing: what a GET of before 2.47 does it is refused", async () => {
    const { ask, asked } = createWebFixture();
    for (const path of ["/stop", "/stats/reset"]) {
      const head = await ask(path, { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.get("allow")], [405, "POST, GET, OPTIONS"], path);
      assert.equal((await ask(path)).status, 200);
    }
    assert.deepEqual(asked, ["stop", "reset"]);
  });
});
