import assert from "node:assert/strict";
import { test } from "node:test";
import { Environment } from "../../src/user/environment.ts";
import { FastHttpUser, HttpUser } from "../../src/user/http_user.ts";
import { openHttpSystem } from "../support/http_system.ts";

class Full extends HttpUser {}
class Fast extends FastHttpUser {}

for (const userClass of [Full, Fast]) {
  test(`${Object.getPrototypeOf(userClass).name}.rest() is client.rest(), with and without options`, async () => {
    await using system = await openHttpSystem({});
    const user = new userClass(new Environment({ host: system.url })) as FastHttpUser; // for both
    const seen: unknown[] = [];
    await user.rest<{ method: string }>("GET", "/plain", (res) => void seen.push(res.js.method));
    await user.rest<{ method: string }>("POST", "/with", { json: { a: 1 } }, (res) => void seen.push(res.js.method));
    const res = await user.rest_("GET", "/uncached");
    user.client.close();
    assert.deepEqual([...seen, res.status], ["GET", "POST", 200]);
    assert.match(system.seen.at(-1)?.url ?? "", /^\/uncached\?_=\d+$/);
  });
}
