/** TLS of both clients against a real server: server names, and certificates that cannot be used. */
import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { createServer, type TLSSocket } from "node:tls";
import type { TlsSettings } from "../../../src/http/request/request_options.ts";
import { type Certificate, openCertificates } from "../../support/certificates.ts";
import { CLIENTS, createSession } from "../../support/clients.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { requireTool } from "../../support/requirements.ts";

const skip = requireTool("openssl");

/** Answers every request, and keeps the server name (SNI) of each connection; false or null: it named none. */
async function openTlsServer({ cert, key }: Certificate, ca: string) {
  const names: unknown[] = [];
  const server = createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: false }, (socket: TLSSocket) => {
    names.push(socket.servername);
    socket.on("error", () => {});
    socket.on("data", () => socket.end("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    port: (server.address() as AddressInfo).port,
    names,
    [Symbol.dispose]: () => void server.close(),
  };
}

for (const client of CLIENTS) {
  test(`${client} names the host in TLS (SNI), but never an IP address`, { skip }, async () => {
    using certificates = openCertificates();
    const ca = certificates.authority.cert;
    const own = certificates.issue("own", "DNS:localhost,IP:127.0.0.1");
    const other = certificates.issue("other", "DNS:other.test,IP:10.9.9.9");
    const rows: readonly (readonly [Certificate, string, TlsSettings, number, string | false])[] = [
      [own, "localhost", { verify: true }, 204, "localhost"],
      [own, "127.0.0.1", { verify: true }, 204, false],
      [other, "127.0.0.1", { verify: true }, 0, false],
      [other, "127.0.0.1", { verify: false }, 204, false],
      [other, "127.0.0.1", { verify: true, serverName: "other.test" }, 204, "other.test"],
      [other, "127.0.0.1", { verify: true, serverName: "10.9.9.9" }, 204, false],
      [own, "127.0.0.1", { verify: true, serverName: "10.9.9.9" }, 0, false],
    ];
    for (const [certificate, host, tls, status, name] of rows) {
      using server = await openTlsServer(certificate, ca);
      const options = { baseUrl: `https://${host}:${server.port}`, tls: { ca, ...tls } };
      const session = createSession(client, options, new FakeOwner());
      const res = await session.get("/");
      session.close();
      const row = JSON.stringify([host, tls]);
      assert.equal(res.status, status, `${row}: ${res.error?.message}`);
      if (status !== 0) assert.equal(server.names[0] || false, name, row);
      else assert.equal(res.error?.message, "TlsError(ERR_TLS_CERT_ALTNAME_INVALID)", row);
    }
  });

  test(`${client} certificates and keys that cannot be used are a TlsError with the reason`, { skip }, async () => {
    using certificates = openCertificates();
    const own = certificates.issue("own", "IP:127.0.0.1");
    const other = certificates.issue("other", "DNS:other");
    using server = await openTlsServer(own, certificates.authority.cert);
    const rows: readonly (readonly [TlsSettings, string])[] = [
      [{ ca: certificates.authority.certPath }, "TlsError(INVALID_CA_FILE)"],
      [{ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, "TlsError(INVALID_CA_FILE)"],
      [{ cert: "x", key: own.key }, "TlsError(INVALID_CERT_FILE)"],
      [{ cert: own.cert, key: "x" }, "TlsError(INVALID_KEY_FILE)"],
      [{ cert: own.cert, key: other.key }, "TlsError(KEY_VALUES_MISMATCH)"],
      [{ cert: own.cert }, "TlsError(CERT_WITHOUT_KEY)"],
      [{ key: own.key }, "TlsError(KEY_WITHOUT_CERT)"],
    ];
    for (const [tls, failure] of rows) {
      const owner = new FakeOwner();
      const baseUrl = `https://127.0.0.1:${server.port}`;
      const ofSession = createSession(client, { baseUrl, tls }, owner);
      const ofRequest = createSession(client, { baseUrl }, owner);
      assert.equal((await ofSession.get("/")).error?.name, "TlsError");
      assert.deepEqual(owner.drainFailures(), [failure]);
      await ofRequest.get("/", { tls });
      assert.deepEqual(owner.drainFailures(), [failure]);
      assert.equal(owner.inFlight, 0);
      for (const session of [ofSession, ofRequest]) session.close();
    }
    const bytes = (text: string) => new TextEncoder().encode(text);
    const tls = { verify: true, ca: [bytes(certificates.authority.cert)], cert: bytes(own.cert), key: bytes(own.key) };
    const session = createSession(client, { baseUrl: `https://127.0.0.1:${server.port}`, tls }, new FakeOwner());
    assert.equal((await session.get("/")).status, 204);
    session.close();
  });
}
