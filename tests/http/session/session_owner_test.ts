import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { FastHttpSession } from "../../../src/http/session/fast_http_session.ts";
import { HttpSession } from "../../../src/http/session/http_session.ts";

test("HttpSession and FastHttpSession work by themselves, without a user", async () => {
  const server = createServer((request, response) => response.end(`got ${request.url}`));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new HttpSession({ baseUrl });
  assert.equal(await (await client.get("/a")).text(), "got /a");
  const checked = await client.get("/b", { catchResponse: (res) => res.failure("no") });
  assert.equal(checked.status, 200);
  client.close();
  const fast = new FastHttpSession({ baseUrl });
  assert.equal((await fast.get("/c")).text(), "got /c");
  fast.close();
  await new Promise((resolve) => server.close(resolve));
});
