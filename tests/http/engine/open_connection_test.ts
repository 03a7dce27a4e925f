import assert from "node:assert/strict";
import { test } from "node:test";
import type { AddressInfo } from "node:net";
import { createServer, type TlsOptions as ServerOptions, type TLSSocket } from "node:tls";
import { type Certificate, type CertificateFolder, openCertificates } from "../../support/certificates.ts";
import { requireTool } from "../../support/requirements.ts";
import { openRudeServer } from "../../support/rude_server.ts";
import { WireClient } from "../../support/wire_client.ts";

const skip = requireTool("openssl");
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const IS_DENO = "Deno" in globalThis;

interface SeenConnection {
  readonly serverName: string | false;
  readonly protocol: string | false | null;
  readonly resumed: boolean;
  readonly clientName: string | undefined;
}

/** Answers everything with `ok`, and notes what each handshake agreed on. */
async function openTlsServer(identity: Certificate, options: ServerOptions = {}) {
  const seen: SeenConnection[] = [];
  const sockets = new Set<TLSSocket>();
  const server = createServer(
    { cert: identity.cert, key: identity.key, ALPNProtocols: ["http/1.1"], ...options },
    (socket) => {
      sockets.add(socket);
      const peer = socket.getPeerCertificate();
      seen.push({
        serverName: (socket as { servername?: string | false }).servername ?? false,
        protocol: socket.alpnProtocol,
        resumed: IS_DENO ? false : socket.isSessionReused(),
        clientName: (peer as { subject?: { CN?: string } } | undefined)?.subject?.CN,
      });
      socket.on("data", () => socket.write(OK)).on("error", () => {});
    },
  );
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    seen,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function withCertificates(body: (folder: CertificateFolder) => Promise<void>): () => Promise<void> {
  return async () => {
    using folder = openCertificates();
    await body(folder);
  };
}

const localhostOnly = { resolveHost: () => Promise.resolve(["127.0.0.1"]) };

test(
  "HttpEngine names the host (SNI), offers http/1.1 (ALPN) and verifies",
  { skip },
  withCertificates(async (folder) => {
    await using server = await openTlsServer(folder.issue("server", "DNS:localhost"));
    const tls = { verify: true, ca: folder.authority.cert };
    const client = new WireClient(`https://localhost:${server.port}`, { tls, ...localhostOnly });
    const response = await client.send("GET", "/");
    assert.equal(response.status, 200);
    assert.ok((response.phases().tls ?? -1) > 0);
    // What a server of Bun's or Deno's `node:tls` tells of the name and the protocol differs; what it tells must be right.
    assert.ok([false, "localhost"].includes(server.seen[0]?.serverName ?? ""), String(server.seen[0]?.serverName));
    assert.ok([false, null, "http/1.1"].includes(server.seen[0]?.protocol ?? ""), String(server.seen[0]?.protocol));
    client.engine.close();
  }),
);

test(
  "HttpEngine says what is wrong with a certificate, by its code",
  { skip },
  withCertificates(async (folder) => {
    await using server = await openTlsServer(folder.issue("server", "DNS:localhost"));
    const url = `https://localhost:${server.port}`;
    const verified = new WireClient(url, localhostOnly);
    assert.equal(await verified.outcome("GET", "/"), "TlsError(UNABLE_TO_VERIFY_LEAF_SIGNATURE)");
    const elsewhere = new WireClient(url, {
      tls: { verify: true, ca: folder.authority.cert, serverName: "shop.test" },
      ...localhostOnly,
    });
    assert.equal(await elsewhere.outcome("GET", "/"), "TlsError(ERR_TLS_CERT_ALTNAME_INVALID)");
    const unverified = new WireClient(url, { tls: { verify: false }, ...localhostOnly });
    assert.equal(await unverified.outcome("GET", "/"), "200 ok");
    unverified.engine.close();
  }),
);

test(
  "HttpEngine shows the client's certificate, by engine and by request",
  { skip },
  withCertificates(async (folder) => {
    const ca = folder.authority.cert;
    const identity = folder.issue("server", "DNS:localhost");
    await using server = await openTlsServer(identity, { ca, requestCert: true, rejectUnauthorized: true });
    const ada = folder.issue("ada", "DNS:ada.test");
    const url = `https://localhost:${server.port}`;
    const known = new WireClient(url, { tls: { verify: true, ca, cert: ada.cert, key: ada.key }, ...localhostOnly });
    assert.equal(await known.outcome("GET", "/"), "200 ok");
    const unknown = new WireClient(url, { tls: { verify: true, ca }, ...localhostOnly });
    // TLS 1.3 tells the client after its handshake that it was refused: an alert, or just the end.
    const refused = await unknown.outcome("GET", "/");
    assert.match(refused, /^(TlsError\(|Connection(Reset|Closed)|ConnectionError\(ERR_SSL)/);
    const own = { verify: true, ca, cert: ada.cert, key: ada.key };
    assert.equal(await unknown.outcome("GET", "/", { tls: own }), "200 ok");
    for (const client of [known, unknown]) client.engine.close();
  }),
);

test(
  "HttpEngine resumes its own TLS session, and no user resumes another's",
  { skip: skip || (IS_DENO && "Deno offers no session") },
  withCertificates(async (folder) => {
    await using server = await openTlsServer(folder.issue("server", "DNS:localhost"));
    const options = { tls: { verify: true, ca: folder.authority.cert }, ...localhostOnly };
    const [ada, bob] = [0, 1].map(() => new WireClient(`https://localhost:${server.port}`, options)) as [
      WireClient,
      WireClient,
    ];
    for (const client of [ada, ada, bob, ada]) {
      assert.equal(await client.outcome("GET", "/"), "200 ok");
      client.engine.close();
    }
    assert.deepEqual(server.seen.map((connection) => connection.resumed), [false, true, false, true]);
  }),
);

test("HttpEngine calls a server that speaks no TLS a TLS failure", { skip }, async () => {
  await using server = await openRudeServer((peer) => peer.write("220 mail.example ESMTP\r\n"));
  const client = new WireClient(`https://127.0.0.1:${server.port}`, { tls: { verify: false } });
  assert.match(await client.outcome("GET", "/"), /^TlsError\(/);
});

test(
  "HttpEngine calls a TLS server that is addressed as http what it is",
  { skip },
  withCertificates(async (folder) => {
    await using server = await openTlsServer(folder.issue("server", "DNS:localhost"));
    const client = new WireClient(`http://127.0.0.1:${server.port}`);
    assert.match(await client.outcome("GET", "/"), /^(ProtocolError\(TLS instead of HTTP\)|Connection(Reset|Closed))$/);
  }),
);

test("HttpEngine ends a handshake that takes too long", async () => {
  await using server = await openRudeServer((peer) => peer.left());
  const client = new WireClient(`https://127.0.0.1:${server.port}`, { tls: { verify: false } });
  assert.equal(await client.outcome("GET", "/", { timeouts: { connectMs: 100 } }), "Timeout (connect)");
});

// ---- proxies

/** A proxy that opens tunnels, or refuses with a status; notes the CONNECT requests. */
async function openProxy(target: number, refusal?: string, interim = "") {
  const { connect } = await import("node:net");
  const heads: string[] = [];
  const { createServer: createPlain } = await import("node:net");
  const proxy = createPlain((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      heads.push(bytes.toString("latin1"));
      if (refusal !== undefined) return void socket.end(refusal);
      const onward = connect(target, "127.0.0.1", () => {
        socket.write(`${interim}HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n`);
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
      socket.on("close", () => onward.destroy());
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    heads,
    port: (proxy.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => proxy.close(() => resolve())),
  };
}

test(
  "HttpEngine reaches https through a proxy by CONNECT, with credentials for the proxy only",
  { skip },
  withCertificates(
    async (folder) => {
      await using server = await openTlsServer(folder.issue("server", "DNS:shop.test"));
      await using proxy = await openProxy(server.port);
      const client = new WireClient("https://shop.test", {
        tls: { verify: true, ca: folder.authority.cert },
        proxy: { host: "127.0.0.1", port: proxy.port, authorization: "Basic dTpw" },
        resolveHost: () => Promise.reject(new Error("the proxy resolves, not we")),
      });
      assert.equal(await client.outcome("GET", "/"), "200 ok");
      assert.equal(await client.outcome("GET", "/"), "200 ok");
      assert.deepEqual(proxy.heads, [
        "CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\nProxy-Authorization: Basic dTpw\r\n\r\n",
      ]);
      client.engine.close();
    },
  ),
);

test(
  "HttpEngine passes over interim answers of a proxy",
  { skip },
  withCertificates(
    async (folder) => {
      await using server = await openTlsServer(folder.issue("server", "DNS:shop.test"));
      const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX-A: 1\r\n\r\n";
      await using proxy = await openProxy(server.port, undefined, interim);
      const tls = { verify: true, ca: folder.authority.cert };
      const client = new WireClient("https://shop.test", { tls, proxy: { host: "127.0.0.1", port: proxy.port } });
      assert.equal(await client.outcome("GET", "/"), "200 ok");
      client.engine.close();
      await using refusing = await openProxy(0, `${interim}HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n`);
      const refused = new WireClient("https://shop.test", { proxy: { host: "127.0.0.1", port: refusing.port } });
      assert.equal(await refused.outcome("GET", "/"), "ProxyError(407)");
    },
  ),
);

test("HttpEngine names the status by which a proxy refuses a tunnel", async () => {
  await using proxy = await openProxy(0, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
  const client = new WireClient("https://shop.test", { proxy: { host: "127.0.0.1", port: proxy.port } });
  assert.equal(await client.outcome("GET", "/"), "ProxyError(407)");
});

test("HttpEngine takes bytes behind a proxy's answer for an attack, and an end for an end", async () => {
  const early = await openProxy(0, "HTTP/1.1 200 OK\r\n\r\n\x16\x03\x03");
  const client = new WireClient("https://shop.test", { proxy: { host: "127.0.0.1", port: early.port } });
  assert.equal(await client.outcome("GET", "/"), "ProtocolError(bytes after the proxy's answer)");
  await early[Symbol.asyncDispose]();
  await using silent = await openProxy(0, "");
  const other = new WireClient("https://shop.test", { proxy: { host: "127.0.0.1", port: silent.port } });
  assert.equal(await other.outcome("GET", "/"), "ConnectionClosed");
});

test("HttpEngine reaches http through a proxy in absolute-form", async () => {
  await using proxy = await openRudeServer(async (peer) => {
    while (await peer.readRequest() !== undefined) await peer.write(OK);
  });
  const client = new WireClient("http://shop.test:8080", {
    proxy: { host: "127.0.0.1", port: proxy.port, authorization: "Basic dTpw" },
  });
  for (const target of ["/a?b=c", "/d"]) assert.equal(await client.outcome("GET", target), "200 ok");
  assert.deepEqual(proxy.requests, [
    "GET http://shop.test:8080/a?b=c HTTP/1.1\r\nProxy-Authorization: Basic dTpw\r\nHost: shop.test:8080\r\n\r\n",
    "GET http://shop.test:8080/d HTTP/1.1\r\nProxy-Authorization: Basic dTpw\r\nHost: shop.test:8080\r\n\r\n",
  ]);
  assert.equal(proxy.accepted, 1);
  client.engine.close();
});
