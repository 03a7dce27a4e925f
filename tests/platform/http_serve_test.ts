import assert from "node:assert/strict";
import https from "node:https";
import { describe, test } from "node:test";
import { LocustError } from "../../src/base/errors.ts";
import { serveHttp } from "../../src/platform/http_serve.ts";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";

const HERE = { host: "127.0.0.1", port: 0, advice: "choose another with --port" };

describe("serveHttp()", () => {
  test("hands over the address of the reader", async () => {
    const server = await serveHttp({ ...HERE, fetch: (_, { remoteAddress }) => new Response(remoteAddress) });
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    assert.equal(await response.text(), "127.0.0.1");
    await server.close();
  });

  test("sends a body without end as it comes, and cancels it when the reader leaves", async () => {
    const cancelled = Promise.withResolvers<void>();
    let send = (_text: string) => {};
    const body = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          send = (text) => controller.enqueue(new TextEncoder().encode(text));
          send("one ");
        },
        cancel: () => cancelled.resolve(),
      });
    const server = await serveHttp({ ...HERE, fetch: () => new Response(body()) });
    const leave = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { signal: leave.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, "one ");
    send("two");
    assert.equal((await reader.read()).value, "two");
    leave.abort();
    await reader.read().catch(() => {});
    await cancelled.promise;
    await server.close();
  });

  test("sends the length that an answer to HEAD has, without its body", async () => {
    const server = await serveHttp({
      ...HERE,
      fetch: () => new Response(null, { headers: { "content-length": "7" } }),
    });
    const { headers } = await fetch(`http://127.0.0.1:${server.port}/`, { method: "HEAD" });
    assert.equal(headers.get("content-length"), "7");
    await server.close();
  });

  test("closes while a body without end is open", async () => {
    const server = await serveHttp({
      ...HERE,
      fetch: () => new Response(new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })),
    });
    const response = await fetch(`http://127.0.0.1:${server.port}/`);
    const reader = response.body!.getReader();
    await reader.read();
    await server.close();
    await reader.read().catch(() => {}); // it ended, in whichever way the runtime has
  });

  test("names a port that is taken", async () => {
    const fetchNothing = () => new Response();
    const server = await serveHttp({ ...HERE, fetch: fetchNothing });
    await assert.rejects(serveHttp({ ...HERE, port: server.port, fetch: fetchNothing }), (error: unknown) => {
      assert.ok(error instanceof LocustError);
      assert.equal(error.code, "address_in_use");
      assert.match(error.message, /address in use; choose another with --port$/);
      return true;
    });
    await server.close();
  });

  test("speaks TLS with a certificate", { skip: requireTool("openssl") }, async () => {
    using certificates = openCertificates();
    const { cert, key } = certificates.issue("server", "IP:127.0.0.1");
    const server = await serveHttp({ ...HERE, tls: { cert, key }, fetch: () => new Response("safe") });
    const text = await new Promise<string>((resolve, reject) => {
      const options = { ca: certificates.authority.cert, agent: false as const };
      https.get(`https://127.0.0.1:${server.port}/`, options, (response) => {
        response.setEncoding("utf8").on("data", resolve);
      }).once("error", reject);
    });
    assert.equal(text, "safe");
    await server.close();
  });
});
