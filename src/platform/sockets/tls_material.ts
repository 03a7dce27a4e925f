/**
 * Checks certificates and keys before a connection is opened with them. The runtimes disagree about broken ones: one
 * says "Invalid CA", the other ignores the certificate and reports a verification error, or sends none. Pure.
 */
import type { KeyObject, X509Certificate } from "node:crypto";
import { lateCrypto } from "../../base/late_modules.ts";

/** Why TLS settings cannot be used; spelled as OpenSSL's own codes are. */
export type TlsMaterialProblem =
  | "INVALID_CA_FILE" // "ca" holds no PEM certificate, or a broken one
  | "INVALID_CERT_FILE" // the same of "cert"
  | "INVALID_KEY_FILE" // "key" is not a PEM key, is broken, or has a password
  | "KEY_VALUES_MISMATCH" // the key belongs to another certificate
  | "CERT_WITHOUT_KEY"
  | "KEY_WITHOUT_CERT";

export interface TlsMaterial {
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
}

export interface TlsMaterialFinding {
  readonly problem: TlsMaterialProblem;
  readonly cause?: unknown;
}

/** The first problem; undefined if everything can be used. */
export function findTlsMaterialProblem({ ca, cert, key }: TlsMaterial): TlsMaterialFinding | undefined {
  for (const text of ca === undefined ? [] : typeof ca === "string" ? [ca] : ca) {
    const authorities = parse("INVALID_CA_FILE", () => parseCertificates(text));
    if ("problem" in authorities) return authorities;
  }
  if (cert === undefined) return key === undefined ? undefined : { problem: "KEY_WITHOUT_CERT" };
  const certificates = parse("INVALID_CERT_FILE", () => parseCertificates(cert));
  if ("problem" in certificates) return certificates;
  if (key === undefined) return { problem: "CERT_WITHOUT_KEY" };
  const privateKey = parse("INVALID_KEY_FILE", () => lateCrypto().createPrivateKey(key));
  if ("problem" in privateKey) return privateKey;
  return belongsTo(privateKey.parsed, certificates.parsed[0]) ? undefined : { problem: "KEY_VALUES_MISMATCH" };
}

const CERTIFICATE = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]*-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g;

function parseCertificates(text: string): readonly X509Certificate[] {
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error("there is no PEM certificate in it");
  const { X509Certificate } = lateCrypto();
  return found.map((each) => new X509Certificate(each));
}

function parse<T>(problem: TlsMaterialProblem, read: () => T): { readonly parsed: T } | TlsMaterialFinding {
  try {
    return { parsed: read() };
  } catch (cause) {
    return { problem, cause };
  }
}

function belongsTo(key: KeyObject, certificate: X509Certificate | undefined): boolean {
  return certificate?.checkPrivateKey(key) === true;
}
