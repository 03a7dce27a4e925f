/** Routes and the login of a locustfile, as the server has them: behind the same rules as our own. */
import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { WebRequestMessage, WebUiDescription } from "../../../src/protocol/web_ui_message.ts";
import { Refusal } from "../../../src/server/answers/api_error.ts";
import { NOTHING_ADDED } from "../../../src/server/login/locustfile_web.ts";
import { PASSWORD_LOGIN } from "../../../src/server/login/login_page.ts";
import { createWebFixture, json } from "../../support/web_fixture.ts";

const ROUTES: WebUiDescription = {
  ...NOTHING_ADDED,
  routes: [
    { method: "GET", path: "/sizes/:name", isPublic: false },
    { method: "POST", path: "/hook", isPublic: false },
    { method: "GET", path: "/callback", isPublic: true },
  ],
};

const encode = (text: string) => new TextEncoder().encode(text);

function createAdded(description: WebUiDescription, access: { readonly password?: string } = {}, answer = {}) {
  const requests: WebRequestMessage[] = [];
  const fixture = createWebFixture({
    access,
    locustfile: {
      description,
      answer(request) {
        requests.push(request);
        return Promise.resolve({
          status: 200,
          headers: [["content-type", "text/plain"]],
          body: encode("ok"),
          ...answer,
        });
      },
    },
  });
  return { ...fixture, requests };
}

describe("routes of a locustfile", () => {
  test("are called with the address, parameters, headers, body and role, and without what logs the reader in", async () => {
    const { ask, requests } = createAdded(ROUTES);
    const headers = {
      cookie: "locust_ts_session=abc; team=red; locust_ts_session_8090=of another one",
      authorization: "Bearer x",
      "x-own": "1",
    };
    assert.equal(await (await ask("/sizes/a%20b?q=1", { headers })).text(), "ok");
    await ask("/hook", json("POST", { n: 1 }));
    const [get, post] = requests;
    assert.deepEqual(get?.params, { name: "a b" });
    assert.equal(get?.url, "http://127.0.0.1:8089/sizes/a%20b?q=1");
    assert.equal(get?.role, "operator");
    const sent = Object.fromEntries(get?.headers ?? []);
    assert.equal(sent["cookie"], "team=red");
    assert.equal(sent["authorization"], undefined);
    assert.equal(sent["x-own"], "1");
    assert.equal(new TextDecoder().decode(post?.body ?? undefined), '{"n":1}');
  });

  test("need a login unless they are public, and refuse other sites and spectators", async () => {
    const { ask, requests } = createAdded(ROUTES, { password: "p" });
    assert.equal((await ask("/sizes/a")).status, 302);
    assert.equal((await ask("/hook", { method: "POST" })).status, 302);
    assert.equal((await ask("/callback")).status, 200);
    assert.equal(requests[0]?.role, null);
    const open = createAdded(ROUTES);
    assert.equal((await open.ask("/hook", { method: "POST", headers: { origin: "http://evil.test" } })).status, 403);
    assert.equal(open.requests.length, 0);
  });

  test("answer with safe headers, and cannot set our session", async () => {
    const answer = {
      headers: [
        ["content-type", "text/html"],
        ["set-cookie", "locust_ts_session=stolen"],
        ["set-cookie", "team=red"],
        ["connection", "close"],
      ],
    };
    const { ask } = createAdded(ROUTES, {}, answer);
    const { headers } = await ask("/sizes/a");
    assert.equal(headers.get("set-cookie"), "team=red");
    assert.equal(headers.get("connection"), null);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'self'.*frame-ancestors 'none'/);
  });

  test("say 405 with Allow, and 500 as JSON when the handler fails", async () => {
    const { ask } = createWebFixture({
      locustfile: { description: ROUTES, answer: () => Promise.reject(new Refusal(500, "it broke")) },
    });
    assert.equal((await ask("/hook")).headers.get("allow"), "POST, OPTIONS");
    const response = await ask("/hook", { method: "POST" });
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { error: { code: "internal", message: "it broke" } });
  });

  for (
    const path of ["/", "/stop", "/api/v1/run", "/api/mine", "/assets/x", "/stats/:what", "/:any", "/metrics", "/login"]
  ) {
    test(`cannot take the place of ours: ${path}`, () => {
      const routes = [{ method: "GET" as const, path, isPublic: false }];
      assert.throws(() => createAdded({ ...NOTHING_ADDED, routes }), /the web UI has this address/);
    });
  }

  test("stand below the base path", async () => {
    const { ask } = createWebFixture({
      basePath: "/load",
      locustfile: {
        description: ROUTES,
        answer: () => Promise.resolve({ status: 200, headers: [], body: encode("ok") }),
      },
    });
    assert.equal((await ask("/load/sizes/a")).status, 200);
    assert.equal((await ask("/sizes/a")).status, 404);
  });
});

describe("the login of a locustfile", () => {
  const LOGIN: WebUiDescription = {
    ...NOTHING_ADDED,
    login: {
      ...PASSWORD_LOGIN,
      title: "Shop <tests>",
      info: "Ask Ada.",
      inputs: [{ name: "pin", label: "PIN", kind: "text", choices: [], value: "", isRequired: true }],
      providers: [{ label: "SSO", href: "/sso", icon: "" }],
    },
  };

  function createLogin() {
    return createWebFixture({
      access: { isCheckedElsewhere: true },
      basePath: "/load",
      locustfile: {
        description: LOGIN,
        login: ({ pin, ...others }) => {
          assert.deepEqual(others, {}); // what is not an input is not passed on
          return Promise.resolve(pin === "1" ? { role: "spectator", message: "" } : { role: null, message: "No." });
        },
      },
    });
  }

  const post = (fields: Record<string, string>) => ({ method: "POST", body: new URLSearchParams(fields) });

  test("shows its own form, escaped, with links beside it, wherever a proxy serves it", async () => {
    const html = await (await createLogin().ask("/load/login")).text();
    assert.match(html, /<h1>Shop &#60;tests&#62;<\/h1><div class="info">Ask Ada\.<\/div>/);
    assert.match(html, /action="login"/);
    assert.match(html, /name="pin" required autofocus type="text"/);
    assert.match(html, /href="\.\/sso">SSO/);
  });

  test("lets in with the role of its check, refuses with its sentence, and makes wrong tries wait", async () => {
    const { ask } = createLogin();
    const right = await ask("/load/login", post({ pin: "1", next: "/load/?tab=charts", extra: "x" }));
    assert.equal(right.headers.get("location"), "/load/?tab=charts");
    const cookie = (right.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
    assert.equal((await ask("/load/api/v1/run", { headers: { cookie } })).status, 200);
    assert.equal((await ask("/load/stop", { method: "POST", headers: { cookie } })).status, 403);
    for (let i = 0; i < 5; i++) {
      const wrong = await ask("/load/login", post({ pin: "2" }));
      assert.equal(wrong.status, 401);
      assert.match(await wrong.text(), /role="alert">No\./);
    }
    const late = await ask("/load/login", post({ pin: "1" }));
    assert.equal(late.status, 429);
    assert.ok(Number(late.headers.get("retry-after")) >= 1);
  });
});
