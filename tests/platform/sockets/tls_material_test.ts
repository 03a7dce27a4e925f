import assert from "node:assert/strict";
import { test } from "node:test";
import { findTlsMaterialProblem, type TlsMaterial } from "../../../src/platform/sockets/tls_material.ts";
import { openCertificates } from "../../support/certificates.ts";
import { requireTool } from "../../support/requirements.ts";

const BROKEN = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const BROKEN_KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

test("findTlsMaterialProblem() names what cannot be used", { skip: requireTool("openssl") }, () => {
  using certificates = openCertificates();
  const { cert, key } = certificates.issue("client", "DNS:client");
  const other = certificates.issue("other", "DNS:other");
  const ca = certificates.authority.cert;
  const rows: readonly (readonly [string, TlsMaterial, string | undefined])[] = [
    ["nothing", {}, undefined],
    ["all of it", { ca, cert, key }, undefined],
    ["a bundle of authorities", { ca: `Root\n${ca}\n${other.cert}` }, undefined],
    ["a list of authorities", { ca: [ca, other.cert] }, undefined],
    ["a chain behind the certificate", { cert: cert + ca, key }, undefined],
    ["a path instead of the text", { ca: "certificates/ca.pem" }, "INVALID_CA_FILE"],
    ["an empty authority", { ca: "" }, "INVALID_CA_FILE"],
    ["a broken authority", { ca: BROKEN }, "INVALID_CA_FILE"],
    ["a broken authority behind a good one", { ca: ca + BROKEN }, "INVALID_CA_FILE"],
    ["a list with text in it", { ca: [ca, "x"] }, "INVALID_CA_FILE"],
    ["a broken certificate", { cert: BROKEN, key }, "INVALID_CERT_FILE"],
    ["a broken key", { cert, key: BROKEN_KEY }, "INVALID_KEY_FILE"],
    ["the certificate as key", { cert, key: "x" }, "INVALID_KEY_FILE"],
    ["the key of another certificate", { cert, key: other.key }, "KEY_VALUES_MISMATCH"],
    ["no key", { cert }, "CERT_WITHOUT_KEY"],
    ["no certificate", { key }, "KEY_WITHOUT_CERT"],
  ];
  for (const [title, material, problem] of rows) {
    assert.equal(findTlsMaterialProblem(material)?.problem, problem, title);
  }
});
