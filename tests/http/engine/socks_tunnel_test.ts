/** SOCKS5 proxies: http and https, names that the proxy or we look up, passwords, refusals, answers in pieces. */
import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { parseProxy } from "../../../src/http/session/session_options.ts";
import { openCertificates } from "../../support/certificates.ts";
import { requireTool } from "../../support/requirements.ts";
import { openRudeServer } from "../../support/rude_server.ts";
import { openSocksServer } from "../../support/socks_server.ts";
import { WireClient } from "../../support/wire_client.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const unasked = () => Promise.reject(new Error("the proxy resolves, not we"));

function openTarget() {
  return openRudeServer(async (peer) => {
    while (await peer.readRequest() !== undefined) await peer.write(OK);
  });
}

for (const drips of [false, true]) {
  test(`HttpEngine reaches http through SOCKS5, answers ${drips ? "byte by byte" : "at once"}`, async () => {
    await using target = await openTarget();
    await using proxy = await openSocksServer(target.port, { drips });
    const client = new WireClient("http://shop.test:8080", {
      proxy: parseProxy(`socks5h://127.0.0.1:${proxy.port}`),
      resolveHost: unasked,
    });
    for (let i = 0; i < 3; i++) assert.equal(await client.outcome("GET", "/a"), "200 ok");
    assert.equal(await client.outcome("POST", "/b", { body: new Uint8Array(200_000) }), "200 ok");
    assert.deepEqual(proxy.asked, ["name shop.test:8080"]);
    assert.equal(target.requests[0], "GET /a HTTP/1.1\r\nHost: shop.test:8080\r\n\r\n");
    assert.equal(target.accepted, 1);
    client.engine.close();
  });
}

test("HttpEngine looks up the name itself for socks5:, and passes addresses on as they are", async () => {
  await using target = await openTarget();
  await using proxy = await openSocksServer(target.port);
  const settings = parseProxy(`socks5://127.0.0.1:${proxy.port}`);
  const resolveHost = () => Promise.resolve(["10.1.2.3"]);
  for (const url of ["http://shop.test", "http://10.0.0.9:81", "http://[2001:db8::7]"]) {
    const client = new WireClient(url, { proxy: settings, resolveHost });
    assert.equal(await client.outcome("GET", "/"), "200 ok");
    client.engine.close();
  }
  assert.deepEqual(proxy.asked, [
    "address 10.1.2.3:80",
    "address 10.0.0.9:81",
    "address 32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.7:80",
  ]);
});

test("HttpEngine gives a SOCKS5 proxy its password, and names a wrong one", async () => {
  await using target = await openTarget();
  await using proxy = await openSocksServer(target.port, { password: "ada:lövé" });
  const outcome = (credentials: string) => {
    const client = new WireClient("http://10.0.0.9", {
      proxy: parseProxy(`socks5://${credentials}127.0.0.1:${proxy.port}`),
    });
    return client.outcome("GET", "/").finally(() => client.engine.close());
  };
  assert.equal(await outcome("ada:l%C3%B6v%C3%A9@"), "200 ok");
  assert.equal(await outcome("ada:hate@"), "ProxyError(wrong password)");
  assert.equal(await outcome(""), "ProxyError(password wanted)");
  assert.deepEqual(proxy.asked, ["password ada:lövé", "address 10.0.0.9:80", "password ada:hate"]);
});

test("HttpEngine names why a SOCKS5 proxy refuses, and what is none", async () => {
  const outcome = async (behaviour: Parameters<typeof openSocksServer>[1]) => {
    await using proxy = await openSocksServer(0, behaviour);
    const client = new WireClient("http://10.0.0.9", { proxy: parseProxy(`socks5://127.0.0.1:${proxy.port}`) });
    return await client.outcome("GET", "/").finally(() => client.engine.close());
  };
  assert.equal(await outcome({ refusal: 5 }), "ProxyError(connection refused)");
  assert.equal(await outcome({ refusal: 4 }), "ProxyError(host unreachable)");
  assert.equal(await outcome({ refusal: 99 }), "ProxyError(SOCKS 99)");
  assert.equal(await outcome({ instead: "HTTP/1.1 400 Bad Request\r\n\r\n" }), "ProtocolError(not SOCKS5)");
  assert.equal(await outcome({ instead: "" }), "ConnectionClosed");
});

test(
  "HttpEngine reaches https through SOCKS5, and verifies the name of the origin",
  { skip: requireTool("openssl") },
  async () => {
    using folder = openCertificates();
    const { cert, key } = folder.issue("server", "DNS:shop.test");
    const server = createServer({ cert, key }, (_request, response) => void response.end("ok"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    await using proxy = await openSocksServer((server.address() as AddressInfo).port);
    const settings = parseProxy(`socks5h://127.0.0.1:${proxy.port}`);
    const tls = { verify: true, ca: folder.authority.cert };
    // A dot at the end of a name is no part of it for TLS.
    for (const host of ["shop.test", "shop.test."]) {
      const client = new WireClient(`https://${host}`, { tls, proxy: settings, resolveHost: unasked });
      for (let i = 0; i < 2; i++) assert.equal(await client.outcome("GET", "/"), "200 ok");
      client.engine.close();
    }
    assert.deepEqual(proxy.asked, ["name shop.test:443", "name shop.test.:443"]);
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  },
);

test("parseProxy() takes a host without a scheme for an HTTP proxy, and knows the ports of schemes", () => {
  assert.deepEqual(parseProxy("proxy.test:3128"), { host: "proxy.test", port: 3128 });
  assert.deepEqual(parseProxy("http://proxy.test"), { host: "proxy.test", port: 80 });
  assert.deepEqual(parseProxy("socks5://[::1]"), { host: "::1", port: 1080, socks: { resolves: "we" } });
  for (const wrong of ["https://proxy.test", "socks4://proxy.test", "http://", ""]) {
    assert.throws(() => parseProxy(wrong), /Cannot use "proxy"/, wrong);
  }
});
