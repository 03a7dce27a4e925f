import { strict as assert } from "node:assert";
import { test } from "node:test";
import { WebFailure, WebRequests } from "../../src/control/web_requests.ts";
import type { WebRequestMessage } from "../../src/protocol/web_ui_message.ts";
import { type WebHandler, WebUi } from "../../src/user/web_ui/web_ui.ts";

function serve(handler: WebHandler): WebRequests {
  const webUi = new WebUi();
  webUi.route("POST", "/x/:id", handler);
  return new WebRequests(webUi);
}

const REQUEST: WebRequestMessage = {
  method: "POST",
  path: "/x/:id",
  params: { id: "7" },
  url: "http://127.0.0.1:8089/x/7?q=1",
  headers: [["content-type", "application/json"]],
  body: new TextEncoder().encode('{"n":1}'),
  role: "operator",
};

const textOf = ({ body }: { readonly body: Uint8Array }) => new TextDecoder().decode(body);

const ANSWERS: readonly (readonly [string, unknown, number, string, string])[] = [
  ["a text", "hello <b>", 200, "hello <b>", "text/plain;charset=utf-8"],
  ["an object", { a: [1] }, 200, '{"a":[1]}', "application/json"],
  ["nothing", undefined, 204, "", ""],
  ["bytes", new Uint8Array([104, 105]), 200, "hi", ""],
  ["a response", new Response("no", { status: 418, headers: { "Content-Type": "text/html" } }), 418, "no", "text/html"],
];

for (const [what, value, status, body, type] of ANSWERS) {
  test(`WebRequests.answer() sends ${what}`, async () => {
    const answer = await serve(() => value).answer(REQUEST);
    assert.equal(answer.status, status);
    assert.equal(textOf(answer), body);
    assert.equal((answer.headers.find(([name]) => name === "content-type")?.[1] ?? "").toLowerCase(), type);
  });
}

test("WebRequests.answer() gives the handler request, parameters and role, and takes its login", async () => {
  const answer = await serve(async (request, context) => {
    context.logIn("spectator");
    return { url: request.url, body: await request.json(), params: context.params, role: context.role };
  }).answer(REQUEST);
  assert.deepEqual(JSON.parse(textOf(answer)), {
    url: REQUEST.url,
    body: { n: 1 },
    params: { id: "7" },
    role: "operator",
  });
  assert.equal(answer.login, "spectator");
});

test("WebRequests.answer() names the handler that threw, and refuses an answer that is not data", async () => {
  const failure = (error: unknown) => error instanceof WebFailure && /the handler of POST \/x\/:id/.test(error.message);
  await assert.rejects(serve(() => Promise.reject(new Error("boom"))).answer(REQUEST), failure);
  await assert.rejects(serve(() => ({ big: 1n })).answer(REQUEST), failure);
});

test("WebRequests.rows() keeps the columns alone, 500 rows, and short values", async () => {
  const webUi = new WebUi();
  webUi.addTab({
    key: "k",
    title: "K",
    columns: [{ key: "a", title: "A" }, { key: "b", title: "B" }],
    rows: () => [
      { a: 1, b: "x".repeat(600), secret: 1 },
      { a: NaN, b: { deep: [1] } },
      ...Array.from({ length: 600 }, () => ({ a: true })),
    ],
  });
  const { k = [] } = await new WebRequests(webUi).rows();
  assert.equal(k.length, 500);
  assert.deepEqual(Object.keys(k[0] ?? {}), ["a", "b"]);
  assert.equal(String(k[0]?.["b"]).length, 500);
  assert.deepEqual(k[1], { a: null, b: '{"deep":[1]}' });
  assert.deepEqual(k[2], { a: true, b: null });
});

test("WebRequests.rows() names the tab whose rows are none", async () => {
  const webUi = new WebUi();
  webUi.addTab({ key: "k", title: "K", columns: [], rows: () => "rows" as never });
  await assert.rejects(new WebRequests(webUi).rows(), /rows\(\) of the tab "k" did not return a list/);
});

test("WebRequests.login() turns the verdict of the check into a role or a sentence", async () => {
  const verdict = (value: unknown) => {
    const webUi = new WebUi();
    webUi.setLogin({ check: () => value as boolean });
    return new WebRequests(webUi).login({});
  };
  assert.deepEqual(await verdict(true), { role: "operator", message: "" });
  assert.deepEqual(await verdict("spectator"), { role: "spectator", message: "" });
  assert.deepEqual(await verdict("Too young."), { role: null, message: "Too young." });
  assert.deepEqual(await verdict(undefined), { role: null, message: "" });
});

test("WebRequests.rows() has the values of a column as rows, and names the column that fails", async () => {
  const values = async (returned: unknown) => {
    const webUi = new WebUi();
    webUi.addColumn({ key: "bytes", title: "Bytes", values: () => returned as Record<string, unknown> });
    return (await new WebRequests(webUi).rows())["bytes"];
  };
  assert.deepEqual(await values({ "GET /items": 12, "GET /lost": undefined, Aggregated: Infinity }), [
    { name: "GET /items", value: 12 },
    { name: "GET /lost", value: null },
    { name: "Aggregated", value: null },
  ]);
  assert.equal((await values(Object.fromEntries(Array.from({ length: 2500 }, (_, i) => [i, i]))))?.length, 2000);
  await assert.rejects(values("none"), /values\(\) of the column "bytes" did not return an object/);
});
