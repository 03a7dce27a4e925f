import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { openCertificates } from "../../support/certificates.ts";
import { requireTool } from "../../support/requirements.ts";
import { openRudeServer } from "../../support/rude_server.ts";
import { openProgram } from "../../support/server_program.ts";
import { bodyText, WireClient } from "../../support/wire_client.ts";

const TEXT = "All work and no play makes a dull test. ".repeat(2000);

test(
  "HttpEngine and nginx: length, gzip in chunks, ranges, keep-alive limits, HTTPS with client certificates, proxying",
  {
    skip: requireTool("nginx", "openssl"),
  },
  async () => {
    using certificates = openCertificates();
    const server = certificates.issue("server", "DNS:localhost");
    const ada = certificates.issue("ada", "DNS:ada.test");
    await using nginx = await openProgram("nginx", (folder, [plain, secure, older]) => {
      mkdirSync(join(folder, "www"));
      writeFileSync(join(folder, "www", "text.txt"), TEXT);
      writeFileSync(join(folder, "www", "large.bin"), new Uint8Array(3_000_000).fill(0x78));
      writeFileSync(
        join(folder, "nginx.conf"),
        `daemon off; master_process off; pid nginx.pid; error_log stderr crit; user root;
events { worker_connections 64; }
http {
  access_log off; root www; default_type text/plain;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  gzip on; gzip_min_length 100; gzip_types text/plain;
  server {
    listen 127.0.0.1:${plain}; keepalive_requests 3;
    location /status { return 200 "$request_method"; }
    location /teapot { return 418; }
    location /empty { return 204; }
    location /moved { return 302 /status; }
    location /onward/ { proxy_pass http://127.0.0.1:${plain}/; }
  }
  server {
    listen 127.0.0.1:${secure} ssl; ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate ${server.certPath}; ssl_certificate_key ${server.keyPath};
    ssl_client_certificate ${certificates.authority.certPath}; ssl_verify_client optional;
    location / { return 200 "$ssl_protocol $ssl_client_verify $ssl_server_name $ssl_alpn_protocol"; }
  }
  server {
    listen 127.0.0.1:${older} ssl; ssl_protocols TLSv1.2;
    ssl_certificate ${server.certPath}; ssl_certificate_key ${server.keyPath};
    location / { return 200 "$ssl_protocol"; }
  }
}`,
      );
      return ["-p", folder, "-c", join(folder, "nginx.conf")];
    }, 3);
    const client = new WireClient(`http://127.0.0.1:${nginx.ports[0]}`);

    assert.equal(await client.outcome("GET", "/text.txt"), `200 ${TEXT}`);
    const zipped = await client.send("GET", "/text.txt", { fields: [["Accept-Encoding", "gzip"]] });
    assert.equal(zipped.get("content-encoding"), "gzip");
    assert.equal(zipped.get("transfer-encoding"), "chunked");
    assert.equal(gunzipSync(zipped.body).toString("latin1"), TEXT);
    const head = await client.send("HEAD", "/text.txt", { fields: [["Accept-Encoding", "gzip"]] });
    assert.equal(head.status, 200);
    assert.equal(await client.outcome("GET", "/text.txt", { fields: [["Range", "bytes=0-7"]] }), "206 All work");
    assert.equal(await client.outcome("GET", "/empty"), "204 ");
    assert.match(await client.outcome("GET", "/teapot"), /^418 /);
    assert.equal((await client.send("GET", "/moved")).get("location")?.endsWith("/status"), true);
    for (let i = 0; i < 10; i++) { // over the limit of three requests per connection, twice and more
      const response = await client.send("POST", "/status", { body: new Uint8Array(10) });
      assert.equal(await bodyText(response), "POST");
      assert.equal(response.retried, false);
    }
    const large = await client.send("GET", "/large.bin", { responseBody: "stream" });
    assert.equal((await bodyText(large)).length, 3_000_000);
    assert.equal((await client.send("GET", "/large.bin")).bodyLength, 3_000_000);
    assert.equal(await client.outcome("GET", "/onward/text.txt"), `200 ${TEXT}`);
    client.engine.close();

    const ca = certificates.authority.cert;
    const resolveHost = () => Promise.resolve(["127.0.0.1"]);
    const url = `https://localhost:${nginx.ports[1]}`;
    const stranger = new WireClient(url, { tls: { verify: true, ca }, resolveHost });
    assert.equal(await stranger.outcome("GET", "/"), "200 TLSv1.3 NONE localhost http/1.1");
    const known = new WireClient(url, { tls: { verify: true, ca, cert: ada.cert, key: ada.key }, resolveHost });
    assert.equal(await known.outcome("GET", "/"), "200 TLSv1.3 SUCCESS localhost http/1.1");
    const old = new WireClient(`https://localhost:${nginx.ports[2]}`, { tls: { verify: true, ca }, resolveHost });
    assert.equal(await old.outcome("GET", "/"), "200 TLSv1.2");
    for (const each of [stranger, known, old]) each.engine.close();
  },
);

test("HttpEngine and node:http: chunks, trailers, early answers, 100-continue, 103", async () => {
  const server = createHttpServer((request, response) => {
    if (request.url === "/early") {
      response.writeHead(413, { Connection: "close" }).end("too much");
      return;
    }
    let length = 0;
    request.on("data", (bytes) => length += bytes.length);
    request.on("end", () => {
      if (request.url === "/hints") response.writeEarlyHints?.({ link: "</a.css>; rel=preload" });
      response.writeHead(200, { "Content-Type": "text/plain", Trailer: "X-Sum" });
      response.write(`${request.method} `);
      response.addTrailers({ "X-Sum": "1" });
      response.end(String(length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const client = new WireClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.equal(await client.outcome("GET", "/"), "200 GET 0");
  assert.equal(await client.outcome("GET", "/hints"), "200 GET 0");
  assert.equal(await client.outcome("PUT", "/", { body: new Uint8Array(100_000) }), "200 PUT 100000");
  const stream = new Blob([new Uint8Array(300_000)]).stream();
  assert.equal(await client.outcome("POST", "/", { body: stream }), "200 POST 300000");
  const expecting = { body: new Uint8Array(5), expect: "continue", fields: [["Expect", "100-continue"]] } as const;
  assert.equal(await client.outcome("POST", "/", expecting), "200 POST 5");
  assert.equal(await client.outcome("GET", "/early"), "413 too much");
  assert.equal(client.engine.pending, 0);
  client.engine.close();
  server.closeAllConnections?.();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

test(
  "HttpEngine and Python's http.server: HTTP/1.0, a connection per request",
  { skip: requireTool("python3") },
  async () => {
    await using python = await openProgram("python3", (folder, [port]) => {
      writeFileSync(join(folder, "text.txt"), TEXT);
      return ["-m", "http.server", String(port), "--bind", "127.0.0.1"];
    });
    const client = new WireClient(`http://127.0.0.1:${python.ports[0]}`);
    for (let i = 0; i < 3; i++) {
      const response = await client.send("GET", "/text.txt");
      assert.equal(response.httpVersion, "1.0");
      assert.equal(await bodyText(response), TEXT);
    }
    assert.equal(await client.outcome("HEAD", "/text.txt"), "200 ");
    assert.match(await client.outcome("GET", "/missing"), /^404 /);
    client.engine.close();
  },
);

test("HttpEngine reaches a server on a unix socket", async () => {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-unix-"));
  try {
    const path = join(folder, "app.sock");
    await using server = await openRudeServer(async (peer) => {
      while (await peer.readRequest() !== undefined) await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }, { path });
    const client = new WireClient(`http+unix://${encodeURIComponent(path)}/`);
    assert.equal(await client.outcome("GET", "/x"), "200 ok");
    assert.equal(await client.outcome("GET", "/y"), "200 ok");
    assert.equal(server.requests[0], "GET /x HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert.equal(server.accepted, 1);
    client.engine.close();
    const missing = new WireClient(`http+unix://${encodeURIComponent(join(folder, "none"))}/`);
    assert.equal(await missing.outcome("GET", "/"), "ConnectionRefused");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
