/**
 * Checks the files of the `--master-tls-*` and `--web-tls-*` options before any of them is used, so that a mistake is
 * one sentence at the start and not an endless series of failed handshakes. Returns their PEM texts.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { UsageError } from "../../../base/errors.ts";
import { describeUnreadable } from "../../../base/given_file.ts";

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/** The certificate of this side with its key. @throws {UsageError} */
export function readCertificate(
  certPath: string,
  keyPath: string,
  nowMs: number,
  prefix: "--master-tls" | "--web-tls" = "--master-tls",
): { cert: string; key: string } {
  const cert = readText(certPath, `${prefix}-cert`);
  const key = readText(keyPath, `${prefix}-key`);
  const [leaf] = parseCertificates(cert, certPath, `${prefix}-cert`);
  checkDates(leaf as X509Certificate, certPath, `${prefix}-cert`, nowMs);
  if (!(leaf as X509Certificate).checkPrivateKey(parseKey(key, keyPath, `${prefix}-key`))) {
    throw new UsageError(
      `Cannot use ${prefix}-key "${keyPath}": it does not belong to the certificate of ${prefix}-cert "${certPath}"; ` +
        "give the key that the certificate was made for",
    );
  }
  return { cert, key };
}

/** Authorities. A file of several may hold some that have expired. @throws {UsageError} */
export function readAuthorities(path: string, nowMs: number): string {
  const ca = readText(path, "--master-tls-ca");
  const certificates = parseCertificates(ca, path, "--master-tls-ca");
  if (certificates.length === 1) checkDates(certificates[0] as X509Certificate, path, "--master-tls-ca", nowMs);
  return ca;
}

export function readText(path: string, flag: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read ${flag} "${path}": ${describeUnreadable(error)}`, { cause: error });
  }
}

function parseCertificates(pem: string, path: string, flag: string): readonly X509Certificate[] {
  try {
    const certificates = (pem.match(PEM_CERTIFICATE) ?? []).map((each) => new X509Certificate(each));
    if (certificates.length > 0) return certificates;
  } catch (cause) {
    throw new UsageError(`Cannot use ${flag} "${path}": its certificate cannot be read; create it again`, {
      cause,
    });
  }
  throw new UsageError(
    `Cannot use ${flag} "${path}": it has no certificate; give a PEM file with "-----BEGIN CERTIFICATE-----"`,
  );
}

function parseKey(pem: string, path: string, flag: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    const what = /ENCRYPTED/.test(pem)
      ? "its key is encrypted; give a key without a passphrase"
      : 'it holds no private key; give a PEM file with "-----BEGIN PRIVATE KEY-----"';
    throw new UsageError(`Cannot use ${flag} "${path}": ${what}`, { cause });
  }
}

function checkDates(certificate: X509Certificate, path: string, flag: string, nowMs: number): void {
  const { validFrom, validTo } = certificate;
  if (nowMs > Date.parse(validTo)) {
    throw new UsageError(`Cannot use ${flag} "${path}": the certificate expired on ${validTo}; renew it`);
  }
  if (nowMs < Date.parse(validFrom)) {
    throw new UsageError(
      `Cannot use ${flag} "${path}": the certificate is valid from ${validFrom} on; check this machine's clock, or renew it`,
    );
  }
}
