/** What is kept of a failed request, by both clients: over real connections, because it is read from what came. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENTS, openBench } from "../../support/clients.ts";

const NOISE = { "set-cookie": "session=abc", "x-powered-by": "y", "x-request-id": "r-1" };

for (const client of CLIENTS) {
  test(`${client} a failed request keeps its request line, status, telling headers and the beginning of its body`, async () => {
    await using bench = await openBench(client, {
      "/down": (_request, response) =>
        response.writeHead(503, { "content-type": "application/json", ...NOISE }).end(
          JSON.stringify({ error: "busy", token: "t-1", filler: "x".repeat(5000) }),
        ),
    });
    await bench.session.get("/down?page=2&token=t-1");
    const sample = bench.owner.drain().failures[0]?.sample;
    assert.match(sample?.request ?? "", /^GET http:\/\/127\.0\.0\.1:\d+\/down\?page=2&token=\*\*\*$/);
    assert.equal(sample?.status, 503);
    const names = sample?.headers.map(([name]) => name) ?? [];
    assert.ok(names.includes("x-request-id") && names.includes("content-type"));
    assert.ok(!names.includes("set-cookie") && !names.includes("x-powered-by"));
    assert.ok(sample?.body?.startsWith('{"error":"busy","token":"***","filler":"xxx'));
    assert.ok((sample?.body?.length ?? 0) <= 2048);
    assert.equal(sample?.bodyBytes, 5042);
    await bench.session.get("/down?page=2&token=t-1", { headers: { "x-own": "1" } }); // the same kind
    assert.equal(bench.owner.drain().failures[0]?.sample, undefined);
  });

  test(`${client} a verdict of the test keeps the response that it was about`, async () => {
    await using bench = await openBench(client, {
      "/": (_request, response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sold out</h1>"),
    });
    await bench.session.get("/", { catchResponse: (res: { failure(text: string): void }) => res.failure("sold out") });
    const sample = bench.owner.drain().failures[0]?.sample;
    assert.deepEqual([sample?.status, sample?.body], [200, "<h1>Sold out</h1>"]);
  });

  test(`${client} bytes are not text, an empty body is none, and without a response there is the request alone`, async () => {
    await using bench = await openBench(client, {
      "/image": (_request, response) => response.writeHead(500, { "content-type": "image/png" }).end("\x00PNG"),
      "/raw": (_request, response) => response.writeHead(501).end("\x00\x01"),
      "/empty": (_request, response) => response.writeHead(502).end(),
      "/cut": (_request, response) => void response.socket?.destroy(),
    });
    for (const path of ["/image", "/raw", "/empty", "/cut"]) await bench.session.get(path);
    const { failures } = bench.owner.drain();
    const samples = failures.map(({ sample }) => [sample?.status, sample?.body, sample?.bodyBytes]);
    assert.deepEqual(samples, [[500, null, 4], [501, null, 2], [502, null, 0], [null, null, 0]]);
  });
}
