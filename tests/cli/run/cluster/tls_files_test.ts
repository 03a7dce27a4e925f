import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { UsageError } from "../../../../src/base/errors.ts";
import { readAuthorities, readCertificate } from "../../../../src/cli/run/cluster/tls_files.ts";
import { openCertificates } from "../../../support/certificates.ts";
import { requireTool } from "../../../support/requirements.ts";

const skip = requireTool("openssl");
const certificates = skip === false ? openCertificates() : undefined;
after(() => certificates?.[Symbol.dispose]());
const YEAR_MS = 365 * 86_400_000;

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "";
}

test(
  "readCertificate() and readAuthorities() take good files and refuse the rest, each with its flag",
  { skip },
  () => {
    if (certificates === undefined) return;
    const { path, authority } = certificates;
    const good = certificates.issue("good", "DNS:good");
    const other = certificates.issue("other", "DNS:other");
    const expired = certificates.issue("expired", "DNS:expired", -1);
    const garbage = join(path, "garbage.pem");
    writeFileSync(garbage, "no PEM");
    const broken = join(path, "broken.pem");
    writeFileSync(broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const bundle = join(path, "bundle.pem");
    writeFileSync(bundle, expired.cert + authority.cert);
    const now = Date.now();
    assert.equal(readCertificate(good.certPath, good.keyPath, now).cert, good.cert);
    assert.equal(readAuthorities(authority.certPath, now), authority.cert);
    assert.equal(readAuthorities(bundle, now), expired.cert + authority.cert, "one of several may have expired");
    const rows: readonly (readonly [() => unknown, RegExp])[] = [
      [
        () => readCertificate(good.certPath, other.keyPath, now),
        /^Cannot use --master-tls-key ".*": it does not belong to/,
      ],
      [
        () => readCertificate(good.certPath, garbage, now),
        /^Cannot use --master-tls-key ".*": it holds no private key;/,
      ],
      [
        () => readCertificate(garbage, good.keyPath, now),
        /^Cannot use --master-tls-cert ".*": it has no certificate;/,
      ],
      [() => readCertificate(broken, good.keyPath, now), /^Cannot use --master-tls-cert ".*": .* cannot be read;/],
      [() => readCertificate(expired.certPath, expired.keyPath, now), /^Cannot use --master-tls-cert .* expired on /],
      [
        () => readCertificate(good.certPath, good.keyPath, now - YEAR_MS),
        /is valid from .*; check this machine's clock/,
      ],
      [
        () => readCertificate("/no/such", good.keyPath, now),
        /^Cannot read --master-tls-cert "\/no\/such": there is no such file;/,
      ],
      [() => readAuthorities(garbage, now), /^Cannot use --master-tls-ca ".*": it has no certificate;/],
      [() => readAuthorities(authority.certPath, now + YEAR_MS), /^Cannot use --master-tls-ca .* expired on /],
      [() => readAuthorities("/no/such", now), /^Cannot read --master-tls-ca "\/no\/such": there is no such file;/],
    ];
    for (const [read, words] of rows) assert.match(refusal(read), words);
  },
);
